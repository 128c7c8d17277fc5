# Installs, removes or upgrades packages, with one apt-get for all of them. patient.sh goes before it, and the functions
# lists_fresh and security_upgrades of the queries.
# $1: install, remove, purge, or a scope of upgrades; $2: the minutes for which package lists count as fresh; then the
# packages.

# A locally changed configuration file is kept, as with the answer N.
apt() {
  apt-get --yes --quiet -o "DPkg::Lock::Timeout=$lock_patience" -o Dpkg::Use-Pty=0 -o Acquire::Retries=5 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

command -v apt-get >/dev/null || {
  echo "apt-get is not installed: install the packages by hand" >&2
  exit 1
}
# Not [ -w ]: for root, some shells answer yes without a check.
[ -n "$(find /usr -maxdepth 0 -writable)" ] || {
  echo "packages are installed below /usr, which is not writable. Is it mounted read-only? Then mount -o remount,rw /usr, or include them in the system's image" >&2
  exit 1
}
state=/var/lib/kubeplay
mkdir -p $state

# The policy that denies service starts names the process that wrote it and expires with it, so a killed run leaves
# nothing behind that matters. An existing policy is left alone.
policy=/usr/sbin/policy-rc.d
mark='# Written by kubeplay: no service starts while it installs packages.'
if [ ! -e $policy ] || grep -qsF "$mark" $policy; then
  trap 'rm -f $policy' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\n%s\n[ ! -d /proc/%s ] || exit 101\n' "$mark" "$$" >$policy && chmod 755 $policy || exit 1
fi
# An earlier run was cut off while dpkg worked, or another dpkg is at work.
[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || patient dpkg --configure -a || exit 1

# apt-get update succeeds even if no source answers.
update() {
  echo "apt-get update"
  patient lists || return 1
  # For apt, a source that does not answer is only a warning: it matters if a package is then not found.
  warned=$(printf '%s\n' "$problem" | grep '^W: Failed to fetch')
  touch $state/apt-updated
}
lists() { apt update >/dev/null; }
fresh() { lists_fresh "$minutes"; }

install() { apt install --no-install-recommends --no-remove -- "$@"; }
remove() { apt remove -- "$@"; }
purge() { apt purge -- "$@"; }
safe() { apt upgrade --with-new-pkgs; }
full() { apt dist-upgrade; }
security() {
  set -- $(security_upgrades | cut -d ' ' -f 2)
  [ $# = 0 ] || apt install --only-upgrade --no-remove -- "$@"
}

# Names the packages that kubeplay would have to remove or to change for the others.
explain() {
  [ -z "$warned" ] || printf 'apt-get update warned before:\n%s\n' "$warned" >&2
  case $problem in *--allow-change-held-packages*)
    echo "held packages, which kubeplay does not change: $(apt-mark showhold | tr '\n' ' '): apt-mark unhold releases one" >&2
    ;;
  esac
  [ "$verb" = install ] || return
  gone=$(apt install --no-install-recommends --simulate -- "$@" 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p' | tr '\n' ' ')
  [ -z "$gone" ] || echo "apt would have to remove ${gone% } to install $*, and kubeplay removes nothing for that: remove it yourself, or do without" >&2
}

warned='' verb=$1 minutes=$2
shift 2
if [ "$verb" != remove ] && [ "$verb" != purge ]; then
  # An error of the first try matters only if fresh lists do not help: then the second try repeats it.
  if fresh && patient "$verb" "$@" 2>/dev/null; then exit 0; fi
  update || exit 1
fi
patient "$verb" "$@" || {
  explain "$@"
  exit 1
}
