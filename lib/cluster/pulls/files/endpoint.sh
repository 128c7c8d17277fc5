# The head of an address, or with "get" its body, by curl or wget. The header goes through standard input, or through a
# file without a name, because everybody sees the words of a command.
web() { # WHAT URL CA INSECURE HEADER
  options=
  if command -v curl >/dev/null; then
    [ "$3" = - ] || options="--cacert $3"
    [ "$4" = - ] || options="$options --insecure"
    [ "$1" = get ] || options="$options --head"
    { [ -z "$5" ] || printf 'header = "%s"\n' "$5"; printf 'header = "Accept: %s"\n' "$accept"; } |
      curl --config - $options --silent --show-error --location --connect-timeout 10 --max-time 20 --retry 1 "$2"
  else
    [ "$3" = - ] || options="--ca-certificate=$3"
    [ "$4" = - ] || options="$options --no-check-certificate"
    [ "$1" = get ] && options="$options --quiet --output-document=-" || options="$options --server-response --spider"
    # It has no name by the time that the login is in it, so an interruption leaves nothing.
    settings=$(mktemp); exec 4<> "$settings"; rm -f "$settings"
    { [ -z "$5" ] || printf 'header = %s\n' "$5"; printf 'header = Accept: %s\n' "$accept"; } >&4
    wget --config=/proc/self/fd/4 $options --no-verbose --tries=2 --timeout=20 "$2"
    exec 4>&-
  fi 2>&1
}
status() { sed -n 's/^ *HTTP\/[0-9.]* \([0-9]*\).*/\1/p' | tail -n 1; }
part() { sed -n "s/.*$1=\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# Asks one endpoint: prints its host, its status, and the last line of what went wrong.
endpoint() { # URL CA INSECURE AUTHORIZATION
  where=${1#*://}; where=${where%%/*}
  ca=$2
  case $ca in *CERTIFICATE*) ca=$(mktemp) && printf '%s\n' "$2" | tr '|' '\n' > "$ca" ;; esac
  header=; [ "$4" = - ] || header="Authorization: $4"
  answer=$(web head "$1" "$ca" "$3" "$header")
  code=$(printf '%s\n' "$answer" | status)
  challenge=$(printf '%s\n' "$answer" | grep -i '^ *www-authenticate: *bearer' | tail -n 1)
  if [ "$code" = 401 ] && [ -n "$challenge" ]; then
    realm=$(printf '%s\n' "$challenge" | part realm)
    service=$(printf '%s\n' "$challenge" | part service)
    scope=$(printf '%s\n' "$challenge" | part scope)
    token=$(web get "$realm?service=$service&scope=$scope" "$ca" "$3" "$header" |
      sed -n 's/.*"\(access_\)\{0,1\}token" *: *"\([^"]*\)".*/\2/p' | head -n 1)
    [ -z "$token" ] || answer=$(web head "$1" "$ca" "$3" "Authorization: Bearer $token")
    code=$(printf '%s\n' "$answer" | status)
  fi
  [ "$ca" = "$2" ] || rm -f "$ca"
  why=; [ -n "$code" ] || why=$(printf '%s\n' "$answer" | grep . | tail -n 1 | tr '\t' ' ' | cut -c 1-300)
  printf '%s\t%s\t%s\t%s\n' "$name" "$where" "${code:-0}" "$why"
  [ "$code" = 200 ]
}
