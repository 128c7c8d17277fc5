# Asks each source of the host's apt for its index, by apt's own program: with its proxy, logins and certificates. Prints
# the address, "ok" or "failed", and apt's last error. Changes nothing: what arrives goes into a folder that is removed.
helper=/usr/lib/apt/apt-helper
if ! command -v apt-get >/dev/null || [ ! -x "$helper" ]; then echo 'no apt'; exit 0; fi
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
# Logins in addresses are shown nowhere.
bare() { sed 's#//[^/@ ]*@#//#g'; }
fetch() { # URL FILE
  timeout 60 "$helper" -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
    -o Acquire::ftp::Timeout=20 download-file "$1" "$2" 2>&1 </dev/null
}
ask() { # URL FILE
  # A source without InRelease has a Release and its signature.
  if said=$(fetch "$1" "$2") || fetch "${1%InRelease}Release" "$2" >/dev/null; then
    printf '%s\tok\n' "$1" | bare
  else
    why=$(printf '%s\n' "$said" | grep -m 1 '^E:' | sed 's/^E: Failed to fetch [^ ]* *//' | tr '\t' ' ' | cut -c 1-300)
    printf '%s\tfailed\t%s\n' "$1" "${why:-no answer within 60 s}" | bare
  fi
}
apt-get --print-uris update 2>"$work/said" | sed -n "s/^'\([^']*\/InRelease\)' .*/\1/p" | sort -u > "$work/urls"
[ -s "$work/urls" ] || printf 'none\tfailed\t%s\n' "$(tail -n 1 "$work/said" | bare)"
count=0
while read -r url; do
  count=$((count + 1))
  ask "$url" "$work/$count" &
done < "$work/urls"
wait
