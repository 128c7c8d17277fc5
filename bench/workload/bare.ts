import { folder, prefix } from "./things.ts";

/** A shell script for root that removes everything that the workload has made, of any size. */
export const takeAway = `
cd /etc/systemd/system || exit
set -- ${prefix}*.service
if [ -e "$1" ]; then
  systemctl disable --quiet --now "$@" 2>/dev/null
  rm -f -- "$@"
  systemctl daemon-reload
  systemctl reset-failed
fi
for name in $(getent passwd | grep -o '^${prefix}[0-9]*'); do userdel --remove "$name" 2>/dev/null; done
rm -rf -- ${folder}
! getent passwd | grep -q '^${prefix}'
`;
