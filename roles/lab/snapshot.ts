import { defineResource, queries, quote, TaskError } from "kubeplay";
import { podmanContainers } from "./containers-query.ts";
import { asMade, ready, remove, run, together, type Container } from "./containers.ts";
import { makeVolume, networkLabel, removeVolume, volumeOf } from "./volume.ts";

export interface SnapshotProps {
  readonly name: string;
  readonly containers: readonly Container[];
  readonly network: string;
  readonly folder: string;
  /** "saved" takes the snapshot and replaces one of the same name; "restored" recreates the hosts from it. */
  readonly state: "saved" | "restored";
}

/** A host's root is saved as an image, and its volume, which has a virtual machine's disk, as another volume. */
const images = "localhost/kubeplay-snapshot";
const imageOf = (host: string, p: SnapshotProps): string => `${images}:${p.network}.${host}.${p.name}`;
const copyOf = (host: string, p: SnapshotProps): string => `${volumeOf(host)}.${p.name}`;

const copy = (from: string, to: string, network: string): string =>
  [
    removeVolume(to, network),
    makeVolume(to, network),
    // On a full disk, cp prints a line for each of thousands of files.
    `{ said=$(cp --archive --reflink=auto "$(podman volume inspect --format '{{.Mountpoint}}' ${quote(from)})/." "$(podman volume inspect --format '{{.Mountpoint}}' ${quote(to)})/" 2>&1) ||
  { printf '%s\\n' "$said" | head -n 3 >&2; false; }; }`,
  ].join(" && ");

/** The disk of a killed virtual machine is in the state of a power cut. */
const hasShutDown = ({ name, driver }: Container): string =>
  driver !== "vm"
    ? "true"
    : `{ [ "$(podman inspect --format '{{.State.ExitCode}}' ${quote(name)})" = 0 ] || {
  echo ${quote(`${name} did not shut down in time, so nothing is saved: see podman logs ${name}`)} >&2; false; }; }`;

/** An image that a host runs from stays and only loses its name. */
const removeImage = (image: string): string =>
  `{ ! podman image exists ${quote(image)} || podman rmi ${quote(image)} 2>/dev/null || podman untag ${quote(image)} ${quote(image)}; }`;

/** The image is made last: without it, there is no snapshot of this name. */
const save = (c: Container, p: SnapshotProps): string => {
  const { name } = c;
  const image = imageOf(name, p);
  const put = [
    hasShutDown(c),
    removeImage(image),
    copy(volumeOf(name), copyOf(name, p), p.network),
    `podman commit --quiet --change ${quote(`LABEL ${networkLabel}=${p.network}`)} ${quote(name)} ${quote(image)}`,
  ].join(" && ");
  return `podman stop ${quote(name)} && { ${put}; saved=$?; podman start ${quote(name)} && [ $saved = 0 ]; }`;
};

/** Removes an incomplete snapshot, which cannot be restored and takes space. */
const forget = ({ name }: Container, p: SnapshotProps): string =>
  `${removeVolume(copyOf(name, p), p.network)}; ${removeImage(imageOf(name, p))}`;

/** Checked for all hosts before the first is changed. */
const isThere = ({ name }: Container, p: SnapshotProps): string =>
  `podman volume exists ${quote(copyOf(name, p))} && podman image exists ${quote(imageOf(name, p))} || {
  echo ${quote(`${name} has no snapshot ${p.name}: save one with -e lab_state=saved -e lab_snapshot=${p.name}`)} >&2; exit 1; }`;

const restore = (c: Container, p: SnapshotProps): string =>
  [
    `{ ! podman container exists ${quote(c.name)} || { ${remove(c.name)}; }; }`,
    copy(copyOf(c.name, p), volumeOf(c.name), p.network),
    `{ ${run({ ...c, image: imageOf(c.name, p) }, p)} || { podman rm --force ${quote(c.name)}; false; }; }`,
  ].join(" && ");

/** Saves or restores all hosts of the lab. They are stopped meanwhile, and run afterwards. */
export const labSnapshot = defineResource({
  kind: "lab snapshot",
  label: (p: SnapshotProps) => p.name,
  needs: () => ({ all: podmanContainers("all") }),
  diff: ({ all }, p) => {
    for (const c of p.containers) {
      // A host need not exist to be restored.
      const { status = "absent" } = asMade(c, all, p.folder) ?? {};
      if (p.state === "saved" && status !== "running")
        throw new TaskError(
          `${c.name} is ${status}, and only running hosts can be saved: start the lab with npm run play lab`,
        );
    }
    return p.containers.map(({ name }) => ({
      what: name,
      before: undefined,
      after: `${p.state} ${p.name}`,
      always: true,
    }));
  },
  apply: (_found, _now, p) => {
    if (p.state === "saved")
      return [
        {
          sh: `${together(p.containers.map((c) => save(c, p)))} || {
  { ${p.containers.map((c) => forget(c, p)).join("\n")}
  } >/dev/null 2>&1
  exit 1
}`,
          timeout: 600,
        },
        ready(p.containers),
      ];
    return [
      p.containers.map((c) => isThere(c, p)).join("\n"),
      { sh: together(p.containers.map((c) => restore(c, p))), timeout: 600 },
      ready(p.containers),
    ];
  },
  forecast: ({ all }) => ({ all }),
  effects: () => ["everything"],
});

/** Volumes that no host uses: snapshots and leftovers of killed runs. podman 4.3 combines two filters with "or". */
const listVolumes = (network: string): string =>
  `for volume in $(podman volume ls --quiet --filter ${quote(`label=${networkLabel}=${network}`)}); do
  [ -n "$(podman ps --all --quiet --filter volume="$volume")" ] || echo "$volume"
done`;
/** Includes images that lost their name to a later one. */
const listImages = (network: string): string =>
  `podman images --quiet --no-trunc --filter ${quote(`label=${networkLabel}=${network}`)}`;

/** Removes the lab's snapshots together with the lab. */
export const noSnapshots = defineResource({
  kind: "lab snapshots",
  label: (p: { readonly network: string }) => p.network,
  needs: (p) => ({
    some: queries.probe(
      `command -v podman >/dev/null && [ -n "$(${listVolumes(p.network)}; ${listImages(p.network)})" ]`,
    ),
  }),
  diff: ({ some }) => (some ? [{ what: "snapshots", before: "present", after: "absent" }] : []),
  apply: (_found, _now, p) => [
    `for name in $(${listImages(p.network)}); do podman rmi --force "$name" >/dev/null; done
for name in $(${listVolumes(p.network)}); do podman volume rm "$name" >/dev/null; done`,
  ],
  forecast: () => ({ some: false }),
});
