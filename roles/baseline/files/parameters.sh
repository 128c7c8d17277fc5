# Gives kernel parameters the values that the record $record has; with $check, exits with 0 if none differs. Only those
# whose paths begin with $of, since a container shares the rest with its machine.
[ -f "$record" ] || exit 0
cd /proc/sys || exit 1
# One grep for all: the kernel gives a value to one read alone, and a shell reads byte by byte.
differing() {
  cut -f 1 "$record" | grep -E "^$of" | tr '\n' '\0' | xargs -0 -r grep -sH '' |
    sed 's/:/\t/' | grep -vxF -f "$record" | cut -f 1
}
[ -z "$check" ] || { [ -z "$(differing)" ]; exit; }
restore() {
  while read -r name; do
    value=$(awk -F '\t' -v "name=$name" '$1 == name { print $2 }' "$record")
    printf '%s\n' "$value" > "$name" || echo "$name stays $(cat "$name")" >&2
  done
}
# Forwarding comes first: it sets others.
differing | grep -E '^net/ipv[46]/(ip_forward|conf/all/forwarding)$' | restore
differing | restore
