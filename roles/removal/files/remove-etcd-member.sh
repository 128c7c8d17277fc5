LC_ALL=C; export LC_ALL
# Variables: etcdctl (program), pki, endpoints (of the members that stay), name, peer and client (URLs of the one that
# leaves, or empty), metrics (its URL, or empty), patience (seconds).
etcd() { "$etcdctl" --command-timeout=20s --cacert "$pki/ca.crt" --cert "$pki/healthcheck-client.crt" \
  --key "$pki/healthcheck-client.key" --endpoints "$@" 2>&1; }
end=$(($(date +%s) + patience))
until_done() {
  until said=$("$@"); do
    if [ "$(date +%s)" -ge "$end" ]; then printf '%s\n' "$said" >&2; exit 1; fi
    run_lives
    printf '%s\n' "$said" | tail -n 1
    sleep 2
  done
}
list() { etcd "$endpoints" member list --write-out=simple; }
id_of() { printf '%s\n' "$said" | awk -F ', ' -v name="$name" -v peer="$peer" \
  '$3 == name || ($3 == "" && peer != "" && $4 == peer) { print $1 }'; }
leads() { [ -n "$metrics" ] && curl -fsS --max-time 5 --noproxy '*' "$metrics" 2>/dev/null | grep -q '^etcd_server_is_leader 1$'; }
# A leader that leaves by itself costs no election time-out.
hand_over() {
  leads || return 0
  for other in $(printf '%s\n' "$said" | awk -F ', ' -v id="$id" '$1 != id && $2 == "started" && $6 == "false" { print $1 }'); do
    etcd "$client" move-leader "$other" && return 0
  done
  return 0
}
until_done list
id=$(id_of)
[ -n "$id" ] || exit 0
hand_over
remove() {
  gone=$(etcd "$endpoints" member remove "$id") && return 0
  case $gone in *"member not found"*) return 0 ;; esac
  printf '%s\n' "$gone"
  return 1
}
until_done remove
