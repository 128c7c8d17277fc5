import { apk } from "./apk.ts";
import { dnf } from "./dnf.ts";
import { pacman } from "./pacman.ts";
import type { PackageManager } from "./types.ts";
import { zypper } from "./zypper.ts";

export type { NamedPackage, PackageManager } from "./types.ts";

/** The package managers beside apt. */
export const packageManagers: readonly PackageManager[] = [dnf, zypper, apk, pacman];

export const packageManager = (name: string): PackageManager | undefined =>
  packageManagers.find((one) => one.name === name);

const cases = packageManagers.map(({ name, distributions }) => `    ${distributions}) echo ${name}; return ;;`);

/**
 * A shell function that prints the name of the host's package manager: by its distribution, else by the programs that
 * it has. A Debian host may have dnf too.
 */
const choice = `package_manager() {
  for id in $(ID= ID_LIKE=; [ ! -r /etc/os-release ] || . /etc/os-release; echo "$ID $ID_LIKE"); do
    case $id in
    debian | ubuntu) echo apt; return ;;
${cases.join("\n")}
    esac
  done
  for id in apt ${packageManagers.map(({ name }) => name).join(" ")}; do
    command -v $id >/dev/null && { echo $id; return; }
  done
  echo apt
}
`;

/** A shell command that does one thing for hosts with apt, and another for each other package manager. */
export const byManager = (apt: string, others: (manager: PackageManager) => string): string => `${choice}
case $(package_manager) in
apt)
${apt}
;;
${packageManagers.map((one) => `${one.name})\nLC_ALL=C; export LC_ALL\n${others(one)}\n;;`).join("\n")}
esac`;

/** The file that says when kubeplay fetched the package lists. */
export const listsStamp = "/var/lib/kubeplay/package-lists";

/** A shell function: whether the package lists are fresh, for so many minutes as $1 says. */
export const listsFreshOf = ({ sources }: PackageManager): string => `lists_fresh() {
  [ -n "$(find ${listsStamp} -mmin "-$1" 2>/dev/null)" ] && [ -z "$(find ${sources} -newer ${listsStamp} 2>/dev/null)" ]
}
`;
