import { defineResource, queries } from "kubeplay";
import { lockPatience, patient } from "#engine/resources/system/apt.ts";

/** The lab's tools by Debian package, each with a condition: the machine has the tool, from any source. */
const tools: Readonly<Record<string, string>> = {
  podman: "command -v podman",
  // crun refuses hybrid cgroups. Docker's packages bring a runc too.
  runc: "command -v runc",
  iptables: "command -v iptables",
  netavark: "test -x /usr/lib/podman/netavark || test -x /usr/libexec/podman/netavark || test -x /usr/lib/cni/bridge",
  mmdebstrap: "command -v mmdebstrap",
  "debian-archive-keyring": "test -e /usr/share/keyrings/debian-archive-keyring.gpg",
  "openssh-client": "command -v ssh-keygen",
};

/** --no-remove: packages of other sources that conflict with these stay, and apt names them. */
export const installPackages = (names: string): string => `
command -v apt-get >/dev/null || {
  echo "the lab needs ${names}, and this machine has no apt-get: install them by hand" >&2
  exit 1
}
${patient}
apt() { DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=${lockPatience} -o Acquire::Retries=5 "$@"; }
patient apt update || echo "continuing with the existing package lists" >&2
patient apt install --no-install-recommends --no-remove ${names}`;

/** Seconds for two locks and the packages. */
export const installTimeout = 900 + 2 * lockPatience;

/** The programs that make the lab, installed if the machine does not have them. */
export const labTools = defineResource({
  kind: "lab tools",
  label: () => Object.keys(tools).join(", "),
  needs: () => Object.fromEntries(Object.entries(tools).map(([name, there]) => [name, queries.probe(there)])),
  diff: (now: Readonly<Record<string, boolean>>) =>
    Object.keys(tools)
      .filter((name) => !now[name])
      .map((name) => ({ what: name, before: "absent", after: "installed" })),
  apply: (found) => [{ sh: installPackages(found.map(({ what }) => what).join(" ")), timeout: installTimeout }],
  forecast: () => Object.fromEntries(Object.keys(tools).map((name) => [name, true])),
  effects: () => ["everything"],
});
