import { unitName } from "#engine/queries/unit.ts";
import type { Task } from "#engine/tasks/task.ts";

type Props = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const kindOf = ({ does }: Task): string => ("resource" in does ? does.resource.kind : "meta");

const path = (name: string) => (p: Props) => [text(p[name])];
const names = (p: Props): readonly string[] => p.names as readonly string[];

const timeService = "a time service";

/** What tasks of a kind make on a host: paths, and words for other things. */
const made: Readonly<Record<string, (props: Props) => readonly string[]>> = {
  file: path("dest"),
  template: path("dest"),
  archive: path("dest"),
  binary: (p) => [text(p.dest), ...(p.staged === undefined ? [] : [text(p.staged)])],
  directory: path("path"),
  "kubelet's kubeconfig": path("path"),
  "bootstrap token": path("bootstrapKubeconfig"),
  "pod routes": () => ["routes to pods"],
  "record of a host": path("folder"),
  "etcd data": (p) => [`${text(p.dataDir)}/member`],
  "etcd snapshot": path("folder"),
  unit: (p) => [
    `/etc/systemd/system/${unitName(text(p.name))}${p.dropIn === undefined ? "" : `.d/${text(p.dropIn)}.conf`}`,
  ],
  user: (p) => [`user ${text(p.name)}`],
  // Which time service is installed depends on the host.
  packages: (p) => (Array.isArray(p.names) ? names(p).map((name) => `package ${name}`) : [timeService]),
  sysctl: (p) => [`/etc/sysctl.d/${text(p.file)}.conf`],
  "kernel module": (p) => [`/etc/modules-load.d/${text(p.name)}.conf`],
  "hosts file": () => ["names in /etc/hosts"],
  service: (p) => (p.masked === true ? [`mask of ${text(p.name)}`] : []),
};

/** Kinds that make nothing on a host, or only change what other tasks made there. */
const makesNothing = [
  ...["meta", "wait", "line", "time service", "outdated programs", "restoration", "registration"],
  ...["common CA", "etcd founding", "etcd learner", "etcd members to come", "etcd report", "etcd voter"],
  ...["encryption check", "former routes", "kept routes", "registry folders"],
  // In the API.
  "manifest",
];

/** What commands make, by the names of their tasks. */
const byCommands: Readonly<Record<string, readonly string[]>> = {
  "Set its host name now": ["host name"],
  "Turn swap off now": ["no swap"],
};
/** What commands take away, by the names of their tasks. */
const takenByCommands: Readonly<Record<string, readonly string[]>> = {
  "Give it its former host name": ["host name", "/etc/hostname"],
  "Turn its swap on again, now and at boot": ["no swap"],
  "Remove its user": ["user etcd"],
  "Remove the bridge, the routes and masquerading of pods": ["routes to pods"],
};

/** What a task makes. Throws Error for a kind of which this file does not know what it makes. */
export function madeBy(task: Task): readonly string[] {
  const kind = kindOf(task);
  const p = task.props as Props;
  if (p.state === "absent" || makesNothing.includes(kind)) return [];
  const make = kind === "command" ? () => byCommands[task.name] : made[kind];
  if (!make) throw new Error(`${task.name}: what does the kind "${kind}" make on a host? Say it in traces.ts`);
  const things = make(p);
  if (!things) throw new Error(`${task.name}: what does this command make on a host? Say it in traces.ts`);
  return things;
}

const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", "[^/]*")}(/.*)?$`).test(text);

/** Whether a folder or one of those above it, up to the outermost, is the path. */
const isFolder = (p: Props, thing: string): boolean => {
  const folder = text(p.folder);
  const outermost = text(p.upTo ?? folder);
  return `${folder}/`.startsWith(`${thing}/`) && `${thing}/`.startsWith(`${outermost}/`);
};

/** Whether a task takes a thing away. */
export function takes(task: Task, thing: string): boolean {
  const p = task.props as Props;
  switch (kindOf(task)) {
    case "leftovers":
      return isFolder(p, thing) || names(p).some((name) => matches(`${text(p.folder)}/${name}`, thing));
    case "former packages":
      return names(p).some(
        (name) => thing === `package ${name}` || (thing === timeService && /^(systemd-timesyncd|chrony)$/.test(name)),
      );
    case "former hosts file":
      return thing === "names in /etc/hosts";
    case "command":
      return takenByCommands[task.name]?.includes(thing) === true;
    case "service":
      return p.masked === false && thing === `mask of ${text(p.name)}`;
    default:
      return p.state === "absent" && (made[kindOf(task)]?.(p) ?? []).includes(thing);
  }
}
