# Prints the packages that go with those of $names which the host did not have, as its record $record says: one a line. If
# there is no record, it prints "-" and the packages of $names that are installed. It changes nothing.
LC_ALL=C; export LC_ALL
installed() { [ "$(dpkg-query --show --showformat '${db:Status-Status}' -- "$1" 2>/dev/null)" = installed ]; }
ours=
for name in $names; do
  if [ -f "$record" ] && grep -qxF -- "$name" "$record"; then continue; fi
  installed "$name" && ours="$ours $name"
done
if [ ! -f "$record" ]; then
  echo -
  [ -z "$ours" ] || printf '%s\n' $ours
  exit 0
fi
[ "$ours" ] || exit 0
# The names of packages that apt would remove. By itself, it would keep a library that any package merely suggests.
removed() {
  apt-get --simulate --quiet --quiet -o APT::AutoRemove::SuggestsImportant=false "$@" 2>/dev/null | sed -nE 's/^(Remv|Purg) ([^ :]+).*/\2/p' | sort -u
}
manual=$(apt-mark showmanual)
# Others that somebody installed since, and that need one of ours: it stays.
strangers() {
  removed purge --autoremove -- "$@" | while read -r name; do
    case " $ours " in *" $name "*) continue ;; esac
    if printf '%s\n' "$manual" | grep -qxF -- "$name"; then echo "$name"; fi
  done
}
if [ "$(strangers $ours)" ]; then
  free=
  for name in $ours; do [ "$(strangers "$name")" ] || free="$free $name"; done
  ours=$free
fi
[ "$ours" ] || exit 0
# What nobody needed before is not ours to remove, and neither is what the host had.
idle=$(removed autoremove)
removed purge --autoremove -- $ours | while read -r name; do
  if printf '%s\n' "$idle" | grep -qxF -- "$name" || grep -qxF -- "$name" "$record"; then continue; fi
  echo "$name"
done
