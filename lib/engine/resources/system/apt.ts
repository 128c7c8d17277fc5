import { quote } from "../../shell/quote.ts";
import type { ShellStep } from "../../tasks/resource.ts";

const environment = {
  LC_ALL: "C",
  DEBIAN_FRONTEND: "noninteractive",
  APT_LISTCHANGES_FRONTEND: "none",
  // Packages must not restart services after a library's upgrade.
  NEEDRESTART_SUSPEND: "1",
};

/**
 * Seconds to wait for another program that holds an apt lock: unattended-upgrades may install a kernel on a slow disk.
 */
export const lockPatience = 900;
/** Seconds: enough for locks, a slow mirror and a hundred packages. */
const timeout = 1800 + 2 * lockPatience;

/** A locally changed configuration file is kept, as with the answer N. */
const apt = [
  "apt-get --yes --quiet",
  `-o DPkg::Lock::Timeout=${String(lockPatience)} -o Dpkg::Use-Pty=0 -o Acquire::Retries=5`,
  "-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold",
].join(" ");

/**
 * Repeats a command while another program holds a lock that it needs: DPkg::Lock::Timeout covers one lock only, not
 * those of the package lists and of the downloads, nor dpkg itself. It also repeats a command while a mirror is busy:
 * Acquire::Retries covers connections only. Leaves the output on stderr in $problem.
 */
export const patient = `
lock_end=$(($(date +%s) + ${String(lockPatience)})) busy=0
patient() {
  while :; do
    { problem=$("$@" 2>&1 >&3) && return 0; } 3>&1
    case $problem in
    *"E: Could not get lock"* | *"E: Unable to lock"* | *"lock was locked by"*)
      [ "$(date +%s)" -lt "$lock_end" ] || break
      printf 'waiting for another apt: %s\\n' "$problem" | head -n 1
      sleep 5
      ;;
    *"Failed to fetch"*"  50"[0234]"  "* | *"Failed to fetch"*"  429  "*)
      busy=$((busy + 1))
      [ "$busy" -le 5 ] || break
      printf 'trying the mirror again: %s\\n' "$problem" | head -n 1
      sleep $((2 * busy))
      ;;
    *) break ;;
    esac
  done
  printf '%s\\n' "$problem" >&2
  return 1
}
`;

/**
 * The beginning of every use of apt. The policy that denies service starts names the process that wrote it and expires
 * with it, so a killed run leaves nothing behind that matters. An existing policy is left alone.
 */
const prelude = `${patient}
command -v apt-get >/dev/null || { echo "apt-get is not installed: install the packages by hand" >&2; exit 1; }
# Not [ -w ]: for root, some shells answer yes without a check.
[ -n "$(find /usr -maxdepth 0 -writable)" ] || {
  echo "packages are installed below /usr, which is not writable. Is it mounted read-only? Then mount -o remount,rw /usr, or include them in the system's image" >&2
  exit 1
}
state=/var/lib/kubeplay
mkdir -p $state
policy=/usr/sbin/policy-rc.d
mark='# Written by kubeplay: no service starts while it installs packages.'
if [ ! -e $policy ] || grep -qsF "$mark" $policy; then
  trap 'rm -f $policy' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\n%s\\n[ ! -d /proc/%s ] || exit 101\\n' "$mark" "$$" > $policy && chmod 755 $policy || exit 1
fi
# An earlier run was cut off while dpkg worked, or another dpkg is at work.
[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || patient dpkg --configure -a || exit 1
`;

/** apt-get update succeeds even if no source answers. */
const update = `
update() {
  echo "apt-get update"
  patient lists || return 1
  # For apt, a source that does not answer is only a warning: it matters if a package is then not found.
  warned=$(printf '%s\n' "$problem" | grep '^W: Failed to fetch')
  touch $state/apt-updated
}
lists() { ${apt} update >/dev/null; }
fresh() {
  set -- /var/lib/apt/lists/*Packages*
  [ -e "$1" ] && [ -n "$(find $state/apt-updated /var/lib/apt/lists -maxdepth 0 -mmin "-$minutes" 2>/dev/null)" ]
}
`;

/** Runs the script in a shell of its own, whose process id the policy names. */
const own = (script: string): ShellStep => ({ sh: `sh -c ${quote(script)}`, environment, timeout });

/**
 * One apt-get for all packages. The package lists are fetched if there are none, if they are old, and if a package is
 * not found. No installed package is removed for a new one; the error names those that would have to be.
 */
export const aptInstall = (names: readonly string[], cacheValid: number): ShellStep =>
  own(`${prelude}${update}
minutes=${String(Math.ceil(cacheValid / 60))}
set -- ${names.map(quote).join(" ")}
install() { ${apt} install --no-install-recommends --no-remove -- "$@"; }
explain() {
  [ -z "$warned" ] || printf 'apt-get update warned before:\n%s\n' "$warned" >&2
  gone=$(${apt} install --no-install-recommends --simulate -- "$@" 2>/dev/null | sed -n 's/^Remv \\([^ ]*\\).*/\\1/p' | tr '\\n' ' ')
  [ -z "$gone" ] || echo "apt would have to remove \${gone% } to install $*, and kubeplay removes nothing for that: remove it yourself, or do without" >&2
}
if fresh; then
  # An error of the first try matters only if fresh lists do not help: then the second try repeats it.
  patient install "$@" 2>/dev/null && exit 0
fi
update || exit 1
patient install "$@" || { explain "$@"; exit 1; }`);

export const aptRemove = (names: readonly string[]): ShellStep =>
  own(`${prelude}
patient ${apt} remove -- ${names.map(quote).join(" ")}`);
