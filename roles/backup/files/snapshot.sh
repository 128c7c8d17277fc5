LC_ALL=C; export LC_ALL
# Variables: etcdctl and etcdutl (programs), pki, folder, and endpoints (URLs of members, the own one first).
set -u
umask 077
rm -rf -- "$folder" && mkdir -p -- "$folder" || exit 1
said="there is no member"
for endpoint in $endpoints; do
  etcd() { "$etcdctl" --cacert "$pki/ca.crt" --cert "$pki/healthcheck-client.crt" --key "$pki/healthcheck-client.key" \
    --endpoints "$endpoint" "$@" 2>&1; }
  # A member that is cut off would answer with what it had before.
  said=$(etcd endpoint health --command-timeout=10s) && said=$(etcd snapshot save "$folder/etcd.db") && break
  rm -f -- "$folder/etcd.db" "$folder/etcd.db.part"
done
[ -s "$folder/etcd.db" ] || { printf 'no member of etcd gave a snapshot: %s\n' "$said" >&2; exit 1; }
# The last 32 bytes are the digest of the others.
[ "$(head -c -32 "$folder/etcd.db" | sha256sum | cut -d ' ' -f 1)" = "$(tail -c 32 "$folder/etcd.db" | od -An -v -tx1 | tr -d ' \n')" ] ||
  { echo 'the snapshot is damaged: its digest is wrong' >&2; exit 1; }
status=$("$etcdutl" snapshot status --write-out=json "$folder/etcd.db" 2>&1) || { printf 'the snapshot is damaged: %s\n' "$status" >&2; exit 1; }
printf '%s %s %s\n' "$(stat -c %s "$folder/etcd.db")" "$(sha256sum < "$folder/etcd.db" | cut -d ' ' -f 1)" "$(printf '%s' "$status" | tail -n 1)"
