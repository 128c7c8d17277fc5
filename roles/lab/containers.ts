import { readFileSync } from "node:fs";
import path from "node:path";
import { defineResource, type Difference, queries, quote, type ShellStep, type Step, TaskError } from "kubeplay";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import {
  addressLabel,
  architectureLabel,
  driverLabel,
  labLabel,
  podmanContainers,
  shapeLabel,
  type FoundContainer,
} from "./containers-query.ts";
import { makeVolume, removeVolume } from "./volume.ts";

export interface Container {
  readonly name: string;
  readonly address: string;
  readonly address6?: string | undefined;
  /** Of a host: `lab_driver`. */
  readonly driver?: "container" | "vm";
  /** Of a virtual machine: `lab_vm_architecture`. */
  readonly architecture?: Architecture;
  /** Its size, in words: if that changes, the container is recreated and keeps its volume. */
  readonly shape?: string;
  /** The volume with its persistent data: created and removed together with the container. */
  readonly volume?: string;
  /** `podman run`'s arguments up to the image. */
  readonly options: readonly string[];
  /** Folders of the machine that are mounted read-only if they exist. */
  readonly foldersIfThere?: readonly string[];
  readonly image: string;
  readonly command: readonly string[];
  /** The port that answers once it is up. */
  readonly port: number;
  /** Seconds until the port must answer; by default a minute, far more than a container takes on a busy machine. */
  readonly patience?: number;
}

export interface ContainersProps {
  readonly containers: readonly Container[];
  readonly network: string;
  /** The folder with their keys: a second checkout cannot enter the hosts of the first. */
  readonly folder: string;
  /** "stopped" and "absent" apply to all of the lab's containers on the network, also those not in the inventory. */
  readonly state: "present" | "stopped" | "absent";
}

const isOnNetwork =
  (network: string) =>
  ({ lab, networks }: FoundContainer): boolean =>
    lab !== undefined && networks.includes(network);

/** The existing container; undefined if there is none. Throws TaskError if it is not the one that this lab makes. */
export function asMade(c: Container, all: readonly FoundContainer[], folder: string): FoundContainer | undefined {
  const is = all.find(({ name }) => name === c.name);
  if (!is) return undefined;
  if (is.lab === undefined)
    throw new TaskError(`there is a container ${c.name} that the lab did not make: rename or remove it`);
  const takeAway = "remove the lab and all data on its hosts with npm run play -- -e lab_state=absent lab";
  if (is.lab !== folder)
    throw new TaskError(`${c.name} belongs to the lab that was made from ${is.lab}: use that one, or ${takeAway}`);
  const fixed = [
    { what: "the address", made: is.address, expected: c.address },
    { what: "lab_driver", made: is.driver, expected: c.driver },
    { what: "lab_vm_architecture", made: is.architecture, expected: c.architecture },
  ];
  for (const { what, made, expected = "none" } of fixed)
    if (made !== undefined && made !== expected)
      throw new TaskError(
        `${c.name} was made with ${what} ${made}, expected ${expected}: put it back in the inventory, or ${takeAway}`,
      );
  return is;
}

/** The difference between a container and one that runs as expected. */
function missing(c: Container, all: readonly FoundContainer[], folder: string): Difference[] {
  const { status = "absent", shape } = asMade(c, all, folder) ?? {};
  if (shape !== undefined && shape !== c.shape) return [{ what: c.name, before: shape, after: c.shape }];
  return status === "running" ? [] : [{ what: c.name, before: status, after: "running" }];
}

/**
 * Always the same for an IP address. With podman's random MAC addresses, peers of a restarted container keep sending to
 * the old address until their ARP entry expires: up to half a minute was measured.
 */
const macOf = (address: string): string =>
  ["02", "6b", ...address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"))].join(":");

/** The labels that describe the container in podman. */
const labelsOf = (c: Container, folder: string): string[] =>
  [
    [labLabel, folder],
    [addressLabel, c.address],
    [driverLabel, c.driver],
    [architectureLabel, c.architecture],
    [shapeLabel, c.shape],
  ].flatMap(([label, value]) => (value === undefined ? [] : [`${label}=${value}`]));

export const run = (c: Container, { network, folder }: Pick<ContainersProps, "network" | "folder">): string =>
  [
    ...(c.volume === undefined ? [] : [`${makeVolume(c.volume, network)} &&`]),
    "podman --runtime runc run --detach --quiet",
    `--name ${quote(c.name)} --hostname ${quote(c.name)}`,
    ...labelsOf(c, folder).map((label) => `--label ${quote(label)}`),
    `--network ${quote(network)} --ip ${quote(c.address)} --mac-address ${macOf(c.address)}`,
    ...(c.address6 === undefined ? [] : [`--ip6 ${quote(c.address6)}`]),
    ...c.options.map(quote),
    ...(c.foldersIfThere ?? []).map((path) => `$([ ! -d ${path} ] || echo --volume ${path}:${path}:ro)`),
    quote(c.image),
    ...c.command.map(quote),
  ].join(" ");

/**
 * A new container has no data, even if an earlier one of its name was not completely removed. A container whose start
 * failed cannot be started again.
 */
const bring = (c: Container, { before }: Difference, props: ContainersProps): string => {
  if (before === "stopped") return `podman start ${quote(c.name)}`;
  if (before === "absent")
    return c.volume === undefined ? run(c, props) : `${removeVolume(c.volume, props.network)} && ${run(c, props)}`;
  return `podman stop ${quote(c.name)} && ${removeContainer(c.name)} && ${run(c, props)}`;
};

/** With a pause of two seconds between two of them. */
const tries = 10;

/** Tried again: podman refuses to remove a container whose stop takes longer than it waits ("state improper"). */
const removeContainer = (name: string): string =>
  [
    `{ try=1`,
    `until podman rm --force --time 5 ${quote(name)} || ! podman container exists ${quote(name)} || [ $try = ${tries} ]`,
    `do try=$((try + 1)); sleep 2`,
    `done`,
    `[ $try -lt ${tries} ]; }`,
  ].join("; ");

export const remove = (name: string): string =>
  [
    `volumes=$(podman inspect --format '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}' ${quote(name)})`,
    removeContainer(name),
    `{ [ -z "$volumes" ] || podman volume rm --force $volumes; }`,
  ].join(" && ");

/** Runs all commands in parallel. Fails if one of them failed, after all have ended. */
export const together = (commands: readonly string[]): string =>
  [
    "pids=",
    ...commands.map((command) => `{ ${command}; } >/dev/null & pids="$pids $!"`),
    `failed=; for pid in $pids; do wait "$pid" || failed=yes; done; [ -z "$failed" ]`,
  ].join("\n");

const readyFunctions = readFileSync(path.join(import.meta.dirname, "files/ready.sh"), "utf8");

/** Waits until the ports answer. Fails if a container ends meanwhile. */
export const ready = (containers: readonly Container[]): ShellStep => ({
  sh: `${readyFunctions}${containers
    .toSorted((one, other) => patienceOf(one) - patienceOf(other))
    .map((c) => `ready ${quote(c.name)} ${quote(c.address)} ${c.port} ${patienceOf(c)}`)
    .join("\n")}`,
  timeout: Math.max(0, ...containers.map(patienceOf)) + 60,
});
const patienceOf = ({ patience = 60 }: Container): number => patience;

const willRun = (c: Container, { folder, network }: ContainersProps): FoundContainer => ({
  name: c.name,
  address: c.address,
  ...(c.driver && { driver: c.driver }),
  ...(c.architecture && { architecture: c.architecture }),
  ...(c.shape !== undefined && { shape: c.shape }),
  status: "running",
  lab: folder,
  networks: [network],
});

/** Exists from the beginning of the hosts' removal to its end. */
export const removalMark = (folder: string): string => path.join(folder, "removal-begun");

/**
 * The lab's containers, started and stopped in parallel. After a removal that was not completed, none is started: new
 * hosts beside those that are left would found a second cluster.
 */
export const containers = defineResource({
  kind: "lab containers",
  label: (p: ContainersProps) => p.containers.map(({ name }) => name).join(", "),
  needs: (p) => ({ all: podmanContainers("all"), removal: queries.path(removalMark(p.folder)) }),
  diff: ({ all, removal }, p) => {
    const halfRemoved = removal.type !== "absent";
    const after = p.state;
    if (after === "present") {
      if (halfRemoved) throw new TaskError(halfRemovedText);
      return p.containers.flatMap((c) => missing(c, all, p.folder));
    }
    const changed = all
      .filter(isOnNetwork(p.network))
      .filter(({ status }) => after === "absent" || status === "running")
      .map(({ name, status }) => ({ what: name, before: status, after }));
    const isRest = changed.length === 0 && halfRemoved && after === "absent";
    return isRest ? [{ what: "removal", before: "begun", after: "completed" }] : changed;
  },
  apply: (found, _now, p) => {
    const names = found.map(({ what }) => what);
    if (p.state === "absent") return removed(found, p.folder);
    if (p.state === "stopped")
      return [{ sh: together(names.map((name) => `podman stop ${quote(name)}`)), timeout: 180 }];
    const brought = p.containers.filter(({ name }) => names.includes(name));
    const commands = found.flatMap((difference) =>
      brought.filter(({ name }) => name === difference.what).map((c) => bring(c, difference, p)),
    );
    return [{ sh: together(commands), timeout: 180 }, ready(brought)];
  },
  forecast: ({ all }, p) => ({
    all: willBe(all, p),
    ...(p.state === "absent" && { removal: { type: "absent" as const } }),
  }),
});

const halfRemovedText =
  "the lab is half removed: complete its removal first, with npm run play -- -e lab_state=absent lab";

function removed(found: readonly Difference[], folder: string): Step[] {
  const mark = quote(removalMark(folder));
  const names = found.flatMap(({ what, after }) => (after === "absent" ? [what] : []));
  return [
    `mkdir -p ${quote(folder)} && : > ${mark}`,
    { sh: together(names.map(remove)), timeout: 300 },
    `rm -f ${mark}`,
  ];
}

function willBe(all: readonly FoundContainer[], p: ContainersProps): readonly FoundContainer[] {
  const ours = isOnNetwork(p.network);
  if (p.state === "absent") return all.filter((c) => !ours(c));
  if (p.state === "stopped") return all.map((c) => (ours(c) ? { ...c, status: "stopped" as const } : c));
  const others = all.filter(({ name }) => !p.containers.some((c) => c.name === name));
  return [...others, ...p.containers.map((c) => willRun(c, p))];
}
