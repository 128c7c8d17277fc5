import { TaskError } from "../../errors.ts";
import type { PackageManager } from "./types.ts";

export const pacman: PackageManager = {
  name: "pacman",
  distributions: "arch",
  // Not pacman.conf, which has the holds too.
  sources: "/etc/pacman.d/mirrorlist",
  installed: (names) =>
    String.raw`pacman --query -- ${names} 2>/dev/null | sed 's/^\([^ ]*\) \(.*\)$/installed\t\2\t\1\t-\tinstall/'`,
  held: "pacman-conf IgnorePkg 2>/dev/null",
  // Without any, pacman's exit code is 1.
  newer: (names) => `pacman --query --upgrades -- ${names} || :`,
  newerRow: String.raw`s/^\([^ ]*\) [^ ]* -> \([^ ]*\).*/\1 \2/p`,
  // Pacman does not wait for another pacman. It would install a package on hold without a question.
  functions: String.raw`pacman() {
  until problem=$(command pacman --noconfirm "$@" 2>&1); do
    case $problem in
    *"unable to lock database"*)
      if [ "$(date +%s)" -lt "$lock_end" ]; then
        echo "waiting for another pacman"
        sleep 5
        continue
      fi
      ;;
    esac
    printf '%s\n' "$problem" >&2
    return 1
  done
}
lock_end=$(($(date +%s) + lock_patience))
update() { pacman --sync --refresh; }
install() {
  for name; do
    pacman-conf IgnorePkg | grep -qxF -e "$name" || continue
    echo "$name is on hold by IgnorePkg in /etc/pacman.conf, which kubeplay does not change without hold" >&2
    return 1
  done
  pacman --sync --needed -- "$@"
}
latest() { install "$@"; }
remove() { pacman --remove -- "$@"; }
hold() {
  for name; do sed -i "0,/^\[options\]/s//[options]\nIgnorePkg = $name/" /etc/pacman.conf; done
}
unhold() {
  for name; do
    escaped=$(printf '%s' "$name" | sed 's/[.+]/\\&/g')
    sed -i -E "/^[[:space:]]*IgnorePkg[[:space:]]*=/{s/([= ])$escaped( |\$)/\1\2/g;/=[[:space:]]*\$/d}" /etc/pacman.conf
  done
}
`,
  argument: ({ name, version, architecture }) => {
    if (architecture !== undefined)
      throw new TaskError(`${name}:${architecture}: pacman installs packages of the host's own architecture only`);
    if (version !== undefined)
      throw new TaskError(
        `${name}=${version}: pacman installs only the newest version, expected a name without a version`,
      );
    return name;
  },
};
