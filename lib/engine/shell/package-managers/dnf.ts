import { rpmInstalled } from "./rpm.ts";
import type { PackageManager } from "./types.ts";

/** Dnf 4. What is for dnf 5 is written by its manual, and not tried. */
export const dnf: PackageManager = {
  name: "dnf",
  distributions: "fedora | rhel | centos",
  sources: "/etc/yum.repos.d /etc/dnf/dnf.conf",
  installed: rpmInstalled,
  // Dnf 4 has lines such as "nginx-1:1.20.1-1.el9.*", dnf 5 has TOML.
  held: String.raw`cat /etc/dnf/plugins/versionlock.list 2>/dev/null |
  sed -n 's/^\([^#! ].*\)-[^-]*-[^-]*$/\1/p'
sed -n 's/^name *= *"\(.*\)".*/\1/p' /etc/dnf/versionlock.toml 2>/dev/null`,
  // Dnf 5 ends no line by itself, dnf 4 ends it twice.
  newer: (names) =>
    String.raw`dnf --quiet --cacheonly repoquery --upgrades --latest-limit=1 --qf '%{name} %{evr}\n' ${names}`,
  newerRow: String.raw`s/^\([^ ]*\) \([^ ]*\)$/\1 \2/p`,
  functions: String.raw`dnf() { command dnf --quiet --assumeyes "$@"; }
update() { dnf makecache; }
install() { dnf --setopt=install_weak_deps=False install "$@"; }
latest() { install "$@" && dnf --setopt=install_weak_deps=False upgrade "$@"; }
remove() { dnf --setopt=clean_requirements_on_remove=False remove "$@"; }
locks() {
  dnf versionlock "$@" >/dev/null || {
    echo "dnf cannot hold packages without its plugin versionlock: install python3-dnf-plugin-versionlock" >&2
    return 1
  }
}
hold() { locks add "$@"; }
unhold() { locks delete "$@"; }
`,
  argument: ({ name, version, architecture }) =>
    `${name}${version === undefined ? "" : `-${version}`}${architecture === undefined ? "" : `.${architecture}`}`,
};
