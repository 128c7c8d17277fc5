LC_ALL=C; export LC_ALL
tell() {
  curl --silent --show-error --fail --fail-early --http1.1 --connect-timeout 3 --max-time 15 --noproxy '*' \
    --cacert "$3/ca.crt" --cert "$3/healthcheck-client.crt" --key "$3/healthcheck-client.key" \
    "https://$1:$2/members" "https://$1:$2/version" 2>&1
}
# Whether the next try may succeed: for a member that hangs, starts or stops, never for one that is not trusted.
passes() {
  case $1 in
    22) case $2 in *"error: 408"* | *"error: 429"* | *"error: 5"*) ;; *) return 1 ;; esac ;;
    28) timeout 3 bash -c "</dev/tcp/$3/$4" 2>/dev/null ;;
    35 | 52 | 55 | 56) case $2 in *alert* | *certificate*) return 1 ;; esac ;;
    *) return 1 ;;
  esac
}
ask() {
  end=$(($(date +%s) + $6)) pause=1
  if [ -n "$5" ] && [ -e "$5/member" ] || [ ! -s "$4/healthcheck-client.key" ]; then said="not asked"
  else
    said=$(tell "$2" "$3" "$4"); code=$?
    while [ "$(date +%s)" -lt "$end" ] && passes $code "$said" "$2" "$3"; do
      sleep $pause; [ $pause -eq 5 ] || pause=$((pause + 1))
      said=$(tell "$2" "$3" "$4"); code=$?
    done
    if [ $code -eq 7 ]; then
      reason=$(timeout 3 bash -c "</dev/tcp/$2/$3" 2>&1) && { said=$(tell "$2" "$3" "$4"); code=$?; }
      case $reason in *refused*) code=refused ;; esac
    fi
    case $code in
      0) said="running $said" ;;
      refused) said="not running" ;;
      *) said="unclear $said" ;;
    esac
  fi
  printf '%s %s\n' "$1" "$(printf %s "$said" | tr '\n' ' ')"
}
