import path from "node:path";
import { defineQuery, defineResource, type Difference, quote, type Step, TaskError, unknown } from "kubeplay";
import { writeWhole } from "#engine/files.ts";
import { volumeOf } from "./volume.ts";
import { controllerText, publicKeyFile } from "./key.ts";

export interface AccessProps {
  readonly folder: string;
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
}

/** The keys of a host: its own, and those that it accepts. */
export interface HostKeys {
  /** Undefined until the first boot is complete. */
  readonly hostKey: string | undefined;
  readonly accepted: readonly string[];
}

/**
 * Read from the hosts' volumes, so one process serves all hosts, and stopped hosts are included.
 * Each line of the answer: the host, "host" or "user", a public key.
 */
const hostKeys = defineQuery<HostKeys>({
  kind: "lab host keys",
  ask: (names) => `! command -v podman >/dev/null || podman volume ls --format '{{.Name}} {{.Mountpoint}}' |
while read -r volume root; do
  case " ${names.map(volumeOf).join(" ")} " in *" $volume "*) ;; *) continue ;; esac
  name=\${volume%-lib}
  sed "s/^/$name host /" "$root/lab/ssh_host_ed25519_key.pub" 2>/dev/null
  sed "s/^/$name user /" "$root/lab/authorized_keys" 2>/dev/null
done; :`,
  parse: (stdout, names) => {
    const lines = stdout.split("\n").map((line) => /^(\S+) (host|user) (\S+ \S+)/.exec(line) ?? []);
    const keys = (name: string, whose: string): string[] =>
      lines.flatMap(([, of, kind, key]) => (of === name && kind === whose && key !== undefined ? [key] : []));
    return new Map(names.map((name) => [name, { hostKey: keys(name, "host")[0], accepted: keys(name, "user") }]));
  },
  // A host creates its key at its first start.
  volatile: true,
});

export const knownHostsFile = (folder: string): string => path.join(folder, "known_hosts");

type Now = Readonly<Record<string, HostKeys | string | undefined>>;
// Names that no host can have.
const ownKey = "own key";
const knownHosts = "known hosts";

const ofHost = (now: Now, name: string): HostKeys => {
  const keys = now[name];
  return typeof keys === "object" ? keys : { hostKey: undefined, accepted: [] };
};
const textOf = (now: Now, name: string): string | undefined => {
  const text = now[name];
  return typeof text === "string" ? text : undefined;
};

/** "ssh-ed25519 AAAA…" of a public key's file, without its comment. */
const bare = (key: string | undefined): string | undefined => key?.split(" ").slice(0, 2).join(" ").trim();

const knownHostsText = (now: Now, { hosts }: AccessProps): string | undefined => {
  const lines = hosts.map(({ name, address }) => [address, ofHost(now, name).hostKey] as const);
  return lines.every(([, key]) => key !== undefined)
    ? lines.map(([a, key]) => `${a} ${key ?? ""}\n`).join("")
    : undefined;
};

function accept(names: readonly string[], key: string): string {
  const one = (name: string) =>
    `root=$(podman volume inspect --format '{{.Mountpoint}}' ${quote(volumeOf(name))}) && printf '%s kubeplay-lab\\n' ${quote(key)} >> "$root/lab/authorized_keys"`;
  return `set -eu\n${names.map(one).join("\n")}`;
}

/** The hosts accept the controller's key, and known_hosts has their keys: host key checking stays strict. */
export const labAccess = defineResource({
  kind: "lab access",
  label: (p) => p.hosts.map(({ name }) => name).join(", "),
  needs: (p: AccessProps) => ({
    [ownKey]: controllerText(publicKeyFile(p.folder)),
    [knownHosts]: controllerText(knownHostsFile(p.folder)),
    ...Object.fromEntries(p.hosts.map(({ name }) => [name, hostKeys(name)])),
  }),
  diff: (now: Now, p) => {
    const key = bare(textOf(now, ownKey));
    const differences: Difference[] = p.hosts
      .filter(({ name }) => key === undefined || !ofHost(now, name).accepted.includes(key))
      .map(({ name }) => ({ what: `${name} accepts`, before: undefined, after: key ?? unknown }));
    const desired = knownHostsText(now, p);
    const is = textOf(now, knownHosts);
    if (desired === undefined || desired !== is)
      differences.push({ what: knownHosts, before: is, after: desired ?? unknown });
    return differences;
  },
  apply: (found, now, p) => {
    const young = p.hosts.find(({ name }) => ofHost(now, name).hostKey === undefined);
    if (young)
      throw new TaskError(`${young.name} has no host key: see podman exec ${young.name} systemctl status lab-host`);
    const key = bare(textOf(now, ownKey));
    if (key === undefined)
      throw new TaskError(`${publicKeyFile(p.folder)} does not exist, expected the lab's public key`);
    const closed = p.hosts
      .map(({ name }) => name)
      .filter((name) => found.some(({ what }) => what === `${name} accepts`));
    const steps: Step[] = closed.length > 0 ? [accept(closed, key)] : [];
    const file = knownHostsFile(p.folder);
    return [...steps, { onController: () => writeWhole(file, knownHostsText(now, p) ?? "") }];
  },
  forecast: (now, p) => ({
    [knownHosts]: knownHostsText(now, p) ?? unknown,
    ...Object.fromEntries(p.hosts.map(({ name }) => [name, unknown])),
  }),
});
