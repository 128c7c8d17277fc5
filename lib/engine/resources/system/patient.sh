# Repeats a command while another program holds a lock that it needs: DPkg::Lock::Timeout covers one lock only, not
# those of the package lists and of the downloads, nor dpkg itself. It also repeats a command while a mirror is busy:
# Acquire::Retries covers connections only. Leaves the output on stderr in $problem.
# Requires $lock_patience, in seconds.
lock_end=$(($(date +%s) + lock_patience)) busy=0
patient() {
  while :; do
    { problem=$("$@" 2>&1 >&3) && return 0; } 3>&1
    case $problem in
    *"E: Could not get lock"* | *"E: Unable to lock"* | *"lock was locked by"*)
      [ "$(date +%s)" -lt "$lock_end" ] || break
      printf 'waiting for another apt: %s\n' "$problem" | head -n 1
      sleep 5
      ;;
    *"Failed to fetch"*"  50"[0234]"  "* | *"Failed to fetch"*"  429  "*)
      busy=$((busy + 1))
      [ "$busy" -le 5 ] || break
      printf 'trying the mirror again: %s\n' "$problem" | head -n 1
      sleep $((2 * busy))
      ;;
    *) break ;;
    esac
  done
  printf '%s\n' "$problem" >&2
  return 1
}
