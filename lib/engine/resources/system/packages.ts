import { TaskError } from "../../errors.ts";
import { packageCandidate, type PackageCandidateState } from "../../queries/package-candidate.ts";
import { packageLists, type PackageListsState } from "../../queries/package-lists.ts";
import { debFile, type DebFileState } from "../../queries/deb-file.ts";
import { packageNamed, type PackageState } from "../../queries/package.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { requirement, type Difference, type Needs, type Requirement, type ShellStep } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { mayComeWithPackages } from "../files/to-come.ts";
import { aptInstall, aptMark, aptRemove, despiteHold } from "./apt.ts";
import { checkSeconds, day, listsDifference } from "./apt-options.ts";
import type { PackageManager } from "../../shell/package-managers/index.ts";
import { argumentOf, checkHold, otherManager, otherStep, type OtherWork } from "./other-managers.ts";
import { fileDifference, versionAfter, versionDifference, wantedOf, type WantedPackage } from "./wanted-package.ts";

/** The properties of `packages`. */
export interface PackagesProps {
  /**
   * The real names of packages; names that a package merely provides are not found. As for apt, a name may end
   * with an architecture and a version: "libc6:i386", "nginx=1.26.3-3", "nginx=1.26.*". An absolute path is a .deb file
   * on the host, whose version is installed. A host without apt has names and versions of its own distribution.
   */
  readonly names: readonly string[];
  /** true: the package manager changes these packages only by a task with `hold`; false: it may again. Otherwise holds are kept. */
  readonly hold?: boolean;
  /** Seconds for which the package lists count as fresh; a day by default. */
  readonly cacheValid?: number;
  /** Seconds to wait for other programs that hold apt's locks, such as unattended-upgrades; 900 by default. */
  readonly lockTimeout?: number;
  /** "latest": the newest versions by package lists that are fresh. Lists that are not are fetched, which is a change. */
  readonly state?: "present" | "latest" | "absent";
}

interface PackagesNow {
  readonly lists?: PackageListsState;
  readonly [name: `package ${string}`]: PackageState;
  readonly [name: `candidate ${string}`]: PackageCandidateState;
  readonly [name: `file ${string}`]: DebFileState;
}

const isAbsent = ({ state }: PackagesProps): boolean => state === "absent";
const isLatest = ({ state }: PackagesProps): boolean => state === "latest";
const wantedBy = (p: PackagesProps): WantedPackage[] => p.names.map(wantedOf);
const named = (p: PackagesProps) => wantedBy(p).flatMap((one) => (one.file === undefined ? [one] : []));
const filesOf = (p: PackagesProps): string[] => wantedBy(p).flatMap(({ file }) => file ?? []);
const stateOf = (now: PackagesNow, name: string): PackageState => now[`package ${name}`] ?? { installed: false };

/**
 * Packages of the host's distribution, installed or removed by one command: apt-get, or dnf, zypper, apk or pacman by the
 * host's /etc/os-release. Debian's services are not started: use `service` once they are
 * configured. Fails with TaskError for an invalid name; the task fails if apt would have to remove another package,
 * downgrade one, or change one that is held without `hold`. What another package manager cannot do fails in a check too.
 *
 * @example
 * packages("Install nginx", { names: ["nginx-light", "libnginx-mod-stream"] });
 * packages("Keep this version", { names: ["postgresql-17=17.5-1"], hold: true });
 */
export const packages = defineResource({
  kind: "packages",
  props: {
    names: prop.listOf(prop.text),
    hold: prop.optional(prop.flag),
    cacheValid: prop.optional(prop.number),
    lockTimeout: prop.optional(prop.number),
    state: prop.optional(prop.oneOf("present", "latest", "absent")),
  },
  label: (p: PackagesProps) => p.names.join(", "),
  locate: (p) => {
    checkSeconds(p);
    const version = named(p).find((one) => one.version !== undefined);
    if ((isAbsent(p) || isLatest(p)) && version !== undefined)
      throw new TaskError(
        `${version.text} has a version, expected a name only: ${isAbsent(p) ? "no version of a package stays" : "the newest one is wanted"}`,
      );
    const [file] = filesOf(p);
    if (file !== undefined && (isAbsent(p) || p.hold !== undefined))
      throw new TaskError(`${file} is a file, expected the name of its package in a task that removes or holds it`);
    if (isAbsent(p) && p.hold !== undefined)
      throw new TaskError(`${p.names.join(", ")}: hold cannot be used with state "absent"`);
    return p;
  },
  needs: (p): Needs<PackagesNow> => ({
    ...(isLatest(p) && { lists: packageLists((p.cacheValid ?? day) / 60) }),
    ...Object.fromEntries(named(p).map(({ name }) => [`package ${name}`, packageNamed(name)])),
    ...(isLatest(p) && Object.fromEntries(named(p).map(({ name }) => [`candidate ${name}`, packageCandidate(name)]))),
    ...Object.fromEntries(filesOf(p).map((file) => [`file ${file}`, debFile(file)])),
  }),
  diff: (now, p): Difference[] => {
    checkPossible(now, p);
    return differencesOf(now, p);
  },
  apply: (found, now, p) => {
    const manager = managerOf(now, p);
    if (manager) return [otherStep(manager, otherWork(found, now, p, manager))];
    const changed = wantedBy(p).filter(({ text }) => isNewer(now, p) || found.some(({ what }) => what === text));
    const names = changed.map(({ text }) => text);
    if (isAbsent(p)) return [aptRemove(names, p.lockTimeout)];
    const mark = p.hold === true ? "hold" : "unhold";
    const marked = named(p).filter(({ name }) => found.some(({ what }) => what === holdOf(name)));
    return [
      ...(names.length > 0 ? [installed(names, now, p)] : []),
      ...(marked.length > 0
        ? [
            aptMark(
              mark,
              marked.map(({ name }) => name),
              p.lockTimeout,
            ),
          ]
        : []),
    ];
  },
  forecast: (now, p) => ({
    ...(now.lists && { lists: { fresh: true } }),
    ...Object.fromEntries(
      named(p).map(({ name, version }) => [
        `package ${name}`,
        {
          installed: !isAbsent(p),
          ...managerNamed(stateOf(now, name)),
          ...versionAfter(isLatest(p) ? now[`candidate ${name}`] : version),
          ...((p.hold ?? stateOf(now, name).held) && !isAbsent(p) && { held: true as const }),
        },
      ]),
    ),
    ...Object.fromEntries(
      filesOf(p).map((file) => {
        const found = now[`file ${file}`];
        return [`file ${file}`, found && { ...found, installed: found.version }];
      }),
    ),
  }),
  requires: (p) => filesOf(p).map(fileThere),
  effects: (p, found) =>
    isAbsent(p) || found.every(({ what }) => what.startsWith(holdPrefix))
      ? ["everything"]
      : ["everything", mayComeWithPackages],
});

/** It stays, whatever is installed. */
const managerNamed = ({ manager }: PackageState) => (manager === undefined ? {} : { manager });

const differencesOf = (now: PackagesNow, p: PackagesProps): Difference[] => [
  ...(now.lists ? listsDifference(now.lists) : []),
  ...wantedBy(p).flatMap((one) => {
    if (one.file !== undefined) return fileDifference(one.text, now[`file ${one.file}`]);
    const state = stateOf(now, one.name);
    if (isAbsent(p)) return state.installed ? [{ what: one.text, before: "installed", after: "absent" }] : [];
    return versionDifference(one.text, state, isLatest(p) ? now[`candidate ${one.name}`] : one.version);
  }),
  ...holdDifferences(now, p),
];

const managerOf = (now: PackagesNow, p: PackagesProps): PackageManager | undefined =>
  otherManager(named(p).map(({ name }) => stateOf(now, name)));

/** Throws TaskError for what the host's package manager cannot do, so that a check says so too. */
function checkPossible(now: PackagesNow, p: PackagesProps): void {
  const manager = managerOf(now, p);
  if (!manager) return;
  checkHold(manager, p.hold);
  for (const one of wantedBy(p)) argumentOf(manager, one);
}

function otherWork(
  found: readonly Difference[],
  now: PackagesNow,
  p: PackagesProps,
  manager: PackageManager,
): OtherWork {
  const changed = wantedBy(p).filter(({ text }) => isNewer(now, p) || found.some(({ what }) => what === text));
  const verb = isAbsent(p) ? "remove" : isLatest(p) ? "latest" : "install";
  const plain = named(p).map(({ name }) => ({
    name,
    short: name.replace(/:.*/, ""),
    held: stateOf(now, name).held ?? false,
  }));
  const touched = plain.filter(
    ({ name }) =>
      changed.some((one) => one.file === undefined && one.name === name) ||
      found.some(({ what }) => what === holdOf(name)),
  );
  return {
    verb: changed.length > 0 ? verb : "none",
    names: changed.map((one) => argumentOf(manager, one)),
    cacheValid: isNewer(now, p) ? 0 : (p.cacheValid ?? day),
    locks: p.lockTimeout,
    unhold: p.hold === undefined ? [] : touched.flatMap(({ held, short }) => (held ? [short] : [])),
    hold: p.hold === true ? touched.map(({ short }) => short) : [],
  };
}

/** Whether its names are installed by new lists, which may have newer versions of all. */
const isNewer = (now: PackagesNow, p: PackagesProps): boolean => isLatest(p) && now.lists?.fresh === false;

const holdPrefix = "hold of ";
const holdOf = (name: string): string => `${holdPrefix}${name}`;
const holdDifferences = (now: PackagesNow, p: PackagesProps): Difference[] =>
  named(p).flatMap(({ name }) => {
    const held = stateOf(now, name).held ?? false;
    return p.hold === undefined || p.hold === held ? [] : [{ what: holdOf(name), before: held, after: p.hold }];
  });

function installed(names: readonly string[], now: PackagesNow, p: PackagesProps): ShellStep {
  const files = names.flatMap((name) => wantedOf(name).file ?? []);
  const step = aptInstall(names, isNewer(now, p) ? 0 : (p.cacheValid ?? day), p.lockTimeout);
  const held = p.hold === undefined ? [] : named(p).flatMap(({ name }) => (stateOf(now, name).held ? [name] : []));
  return despiteHold({ ...step, sh: files.map(trusted).join("") + step.sh }, held, p.lockTimeout);
}

/** A package has scripts that run as root, so that no one else may choose the file. */
const trusted = (file: string): string =>
  `(kubeplay_alone ${quote(file)}) || exit
kubeplay_trusts "$(stat -c %u -- ${quote(file)})" && [ -z "$(find ${quote(file)} -perm /022)" ] ||
  { echo ${quote(file)}" can be changed by other users, and its scripts run as root: make it root's, mode 0644" >&2; exit 1; }
`;

const fileThere = (file: string): Requirement =>
  requirement(
    pathQuery(file),
    ({ type }) => (type === "absent" ? `there is no file ${file}` : undefined),
    "add a task that brings it before it",
  );
