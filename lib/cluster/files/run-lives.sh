# Ends a wait whose run was killed: it would keep the host's lock, and the next run would wait for it. The processes of the
# connection are above this shell; if one of them has ended, another has taken its place.
ancestors() {
  ancestor=$$
  while [ "$ancestor" -gt 1 ] && read -r stat < "/proc/$ancestor/stat"; do
    set -- ${stat##*) }
    ancestor=$2
    printf '%s ' "$ancestor"
  done
} 2> /dev/null
begun_below=$(ancestors)
run_lives() { [ "$(ancestors)" = "$begun_below" ] || { echo 'the run that began this has ended' >&2; exit 1; }; }
