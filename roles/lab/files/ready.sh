# Functions for a shell that waits until containers answer.

answers() { timeout 1 bash -c "</dev/tcp/$1/$2" 2>/dev/null; }
runs() { [ "$(podman inspect --format '{{.State.Running}}' "$1")" = true ]; }
fail() {
  podman logs --tail 20 "$1" >&2
  echo "$1 $2: see podman logs $1" >&2
  exit 1
}
started=$(date +%s)
ready() {
  end=$((started + $4))
  tries=0
  until answers "$2" "$3"; do
    [ "$(date +%s)" -lt $end ] || fail "$1" "does not answer on $2:$3"
    # Not checked each time: it takes longer than the port check.
    [ $((tries % 20)) != 19 ] || runs "$1" || fail "$1" "has ended"
    tries=$((tries + 1))
    sleep 0.1
  done
}
