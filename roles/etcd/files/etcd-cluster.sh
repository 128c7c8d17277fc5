LC_ALL=C; export LC_ALL
# Variables: etcdctl (program), pki, endpoints (of members that vote), name, peer (URL of the member), patience
# (seconds), before (URLs of members that must vote first), replace (yes, or empty).
etcd() { "$etcdctl" --command-timeout=20s --cacert "$pki/ca.crt" --cert "$pki/healthcheck-client.crt" \
  --key "$pki/healthcheck-client.key" --endpoints "$endpoints" "$@" 2>&1; }
end=$(($(date +%s) + patience))
until_done() {
  until "$@"; do
    if [ "$(date +%s)" -ge "$end" ]; then printf '%s\n' "$said" >&2; exit 1; fi
    run_lives
    printf '%s\n' "$said" | tail -n 1
    sleep 1
  done
}
# Lines of: id, status, name, peer URLs, client URLs, whether it is a learner.
list() { said=$(etcd member list --write-out=simple) && members=$said; }
field_of_own() { printf '%s\n' "$members" | awk -F ', ' -v peer="$peer" -v n="$1" '$4 == peer { print $n }'; }
votes() { printf '%s\n' "$members" | awk -F ', ' -v peer="$1" '$4 == peer && $2 == "started" && $6 == "false" { found = 1 } END { exit !found }'; }
all_vote() {
  list || return 1
  for url in $before; do
    votes "$url" || { said="waiting until $url has joined etcd"; return 1; }
  done
}
remove_old() {
  list || return 1
  for id in $(printf '%s\n' "$members" | awk -F ', ' -v name="$name" -v peer="$peer" '$2 == "started" && ($3 == name || $4 == peer) { print $1 }'); do
    said=$(etcd member remove "$id") || return 1
  done
}
add() {
  list || return 1
  [ -z "$(field_of_own 1)" ] || return 0
  said=$(etcd member add "$name" --learner --peer-urls="$peer")
}
promote() {
  list || return 1
  case $(field_of_own 6) in
    false) return 0 ;;
    "") said="etcd has no member $peer"; return 1 ;;
  esac
  said=$(etcd member promote "$(field_of_own 1)")
}
