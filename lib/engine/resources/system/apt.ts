import { quote } from "../../shell/quote.ts";
import type { ShellStep } from "../../tasks/resource.ts";

const environment = {
  LC_ALL: "C",
  DEBIAN_FRONTEND: "noninteractive",
  APT_LISTCHANGES_FRONTEND: "none",
  // Restarting services after a library's upgrade is not a package's business here.
  NEEDRESTART_SUSPEND: "1",
};

/** Seconds for another program that holds a lock of apt's: unattended-upgrades may install a new kernel on a slow disk. */
export const lockPatience = 900;
/** Seconds: for that, a slow mirror and a hundred packages. */
const timeout = 1800 + 2 * lockPatience;

/** A local change to a configuration file stays, as it does where a person says N. */
const apt = [
  "apt-get --yes --quiet",
  `-o DPkg::Lock::Timeout=${String(lockPatience)} -o Dpkg::Use-Pty=0 -o Acquire::Retries=5`,
  "-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold",
].join(" ");

/**
 * Repeats a command while another program holds a lock that it needs: DPkg::Lock::Timeout is for one lock only, neither
 * for those of the lists and of what was downloaded, nor for dpkg itself. So it does while a mirror is busy: Acquire::Retries
 * is for connections. Leaves in $problem what was said on stderr.
 */
export const patient = `
lock_end=$(($(date +%s) + ${String(lockPatience)})) busy=0
patient() {
  while :; do
    { problem=$("$@" 2>&1 >&3) && return 0; } 3>&1
    case $problem in
    *"E: Could not get lock"* | *"E: Unable to lock"* | *"lock was locked by"*)
      [ "$(date +%s)" -lt "$lock_end" ] || break
      printf 'waits for another apt: %s\\n' "$problem" | head -n 1
      sleep 5
      ;;
    *"Failed to fetch"*"  50"[0234]"  "* | *"Failed to fetch"*"  429  "*)
      busy=$((busy + 1))
      [ "$busy" -le 5 ] || break
      printf 'asks the mirror again: %s\\n' "$problem" | head -n 1
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
 * What every use of apt begins with. The denial of service starts names the process that asked for it and ends with it,
 * so that a run that was killed leaves nothing behind that matters. Somebody else's policy is left alone.
 */
const prelude = `${patient}
command -v apt-get >/dev/null || { echo "there is no apt-get here: install the packages by hand" >&2; exit 1; }
# Not [ -w ]: to root, some shells say yes without asking.
[ -n "$(find /usr -maxdepth 0 -writable)" ] || {
  echo "packages are installed below /usr, which cannot be written to here. Is it mounted read-only? Then mount -o remount,rw /usr, or have them in the system's image" >&2
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
# A run that was cut off while dpkg worked, or another that is at work.
[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || patient dpkg --configure -a || exit 1
`;

/** apt-get update is content where no source answers. */
const update = `
update() {
  echo "apt-get update"
  patient lists || return 1
  # A source that does not answer is a warning to apt: it matters where then something is not found.
  warned=$(printf '%s\n' "$problem" | grep '^W: Failed to fetch')
  touch $state/apt-updated
}
lists() { ${apt} update >/dev/null; }
fresh() {
  set -- /var/lib/apt/lists/*Packages*
  [ -e "$1" ] && [ -n "$(find $state/apt-updated /var/lib/apt/lists -maxdepth 0 -mmin "-$minutes" 2>/dev/null)" ]
}
`;

/** A shell of its own, whose process id is that of the one who installs. */
const own = (script: string): ShellStep => ({ sh: `sh -c ${quote(script)}`, environment, timeout });

/**
 * One apt-get for all. The lists are fetched where there are none, where they are old, and where a package is not found.
 * What is there was chosen by somebody: nothing goes to make room, and the error says what would have had to.
 */
export const aptInstall = (names: readonly string[], cacheValid: number): ShellStep =>
  own(`${prelude}${update}
minutes=${String(Math.ceil(cacheValid / 60))}
set -- ${names.map(quote).join(" ")}
install() { ${apt} install --no-install-recommends --no-remove -- "$@"; }
explain() {
  [ -z "$warned" ] || printf 'apt-get update said before:\n%s\n' "$warned" >&2
  gone=$(${apt} install --no-install-recommends --simulate -- "$@" 2>/dev/null | sed -n 's/^Remv \\([^ ]*\\).*/\\1/p' | tr '\\n' ' ')
  [ -z "$gone" ] || echo "apt would have to remove \${gone% } to install $*, and kubeplay removes nothing for that: take it away yourself, or do without" >&2
}
if fresh; then
  # The first try's complaint matters only if fresh lists do not help: then the second makes the same.
  patient install "$@" 2>/dev/null && exit 0
fi
update || exit 1
patient install "$@" || { explain "$@"; exit 1; }`);

export const aptRemove = (names: readonly string[]): ShellStep =>
  own(`${prelude}
patient ${apt} remove -- ${names.map(quote).join(" ")}`);
