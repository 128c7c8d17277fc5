import path from "node:path/posix";
import { defineResource, queries, quote, type Difference, type Query } from "kubeplay";
import { isInUse, programQueries, type ProgramNow, type StagedProgram } from "../staging.ts";

/** A service of a host, with all that an upgrade changes of it. */
export interface Upgradable {
  /** Its unit, without a suffix. */
  readonly unit: string;
  /** The first is the one that the unit starts. */
  readonly programs: readonly [StagedProgram, ...StagedProgram[]];
  /** Absolute paths of its unit and its configuration. A file that was not there is removed again. */
  readonly files: readonly string[];
}

/** The folder of what a service ran with before its last upgrade. */
export const keptIn = ({ unit, programs: [{ dest }] }: Upgradable): string =>
  path.join(path.dirname(dest), "../lib/kubeplay/previous", unit);

/** Written when a node is taken out of service for an upgrade: what is kept later is of this upgrade. */
export const begunFile = (p: Upgradable): string => path.join(path.dirname(keptIn(p)), "begun");

/** In it: the version before, and the version of the upgrade. */
const [fromFile, toFile] = ["from", "to"];
/** Also in it, once the service has come back with the new version. */
const doneFile = "done";

/** The version of the upgrade for which a service is kept; undefined if nothing is kept. */
export const versionKept = (p: Upgradable): Query<queries.ContentState> =>
  queries.content(path.join(keptIn(p), toFile));

const programName = ({ dest }: StagedProgram): string => path.basename(dest);

/** Hard links, so that nothing is copied; a file system may not have them. */
const copy = (from: string, to: string): string => `{ cp -al -- ${from} ${to} 2>/dev/null || cp -a -- ${from} ${to}; }`;

function keepScript(p: Upgradable): string {
  const [main] = p.programs;
  const folder = quote(keptIn(p));
  const each = (names: readonly string[], to: (name: string) => string) =>
    names.map((name) => `if [ -e ${quote(name)} ] || [ -L ${quote(name)} ]; then ${to(name)}; fi`);
  return [
    "set -e; umask 077",
    `new=${folder}.new; rm -rf -- "$new"; mkdir -p -- "$new/programs" "$new/files"`,
    ...each(
      p.programs.map(({ dest }) => dest),
      (dest) => copy(quote(dest), `"$new/programs/"${quote(path.basename(dest))}`),
    ),
    ...each(
      p.files,
      (file) =>
        `mkdir -p -- "$new/files"${quote(path.dirname(file))} && cp -a -- ${quote(file)} "$new/files"${quote(file)}`,
    ),
    `${quote(main.dest)} --version 2>/dev/null | grep -oE '[0-9]+\\.[0-9]+\\.[0-9]+[^ ,]*' | head -n 1 > "$new/${fromFile}" || :`,
    `printf '%s\\n' ${quote(main.version)} > "$new/${toFile}"`,
    `rm -rf -- ${folder}; mv -T -- "$new" ${folder}`,
  ].join("\n");
}

/** Undefined also if it is empty: the program did not say its version. */
const lineOf = (state: queries.ContentState): string | undefined => {
  const line = typeof state === "string" ? state.trim() : "";
  return line === "" ? undefined : line;
};

type KeptNow = ProgramNow & { readonly to: queries.ContentState };

/**
 * Keeps what a service runs with, before an upgrade changes it: once for each version, so that a second run after an
 * interruption does not keep what is half changed.
 */
export const kept = defineResource({
  kind: "kept service",
  label: ({ unit }: Upgradable) => unit,
  needs: (p) => ({ ...programQueries(p.programs[0]), to: versionKept(p) }),
  diff: (now: KeptNow, { programs: [main] }): Difference[] =>
    isInUse(now, main) || now.path.type === "absent" || lineOf(now.to) === main.version
      ? []
      : [{ what: "kept before", before: lineOf(now.to), after: main.version }],
  apply: (_found, _now, p) => [keepScript(p)],
  forecast: (_now, { programs: [main] }) => ({ to: `${main.version}\n` }),
  effects: (p) => [{ below: keptIn(p) }],
});

/** Notes that a service came back with its new version. Later failures do not put it back by themselves. */
export const settled = defineResource({
  kind: "settled service",
  label: ({ unit }: Upgradable) => unit,
  needs: (p) => ({
    to: versionKept(p),
    done: queries.path(path.join(keptIn(p), doneFile)),
  }),
  diff: ({ to, done }, { programs: [main] }): Difference[] =>
    lineOf(to) === main.version && done.type === "absent"
      ? [{ what: "upgraded to", before: undefined, after: main.version }]
      : [],
  apply: (_found, _now, p) => [`: > ${quote(path.join(keptIn(p), doneFile))}`],
  forecast: () => ({ done: { type: "file" as const, mode: 0o600 } }),
});

export interface PutBackProps extends Upgradable {
  /** Put back whichever version the last upgrade brought; by default only that of `programs`. */
  readonly any?: boolean;
  /** Put back only what was kept after this file was written. */
  readonly since?: string;
  /** Put back only what did not come back yet with its new version: an earlier upgrade stays. */
  readonly unfinished?: boolean;
  /** A shell condition under which the new version must stay, and why. `$from` is the version before. */
  readonly barred?: { readonly condition: string; readonly why: string } | undefined;
}

/** Each file is replaced in one step, by a copy: a second run may find it replaced already. A program that runs keeps its file. */
function putBackScript(p: PutBackProps): string {
  const folder = quote(keptIn(p));
  const replace = (kept: string, dest: string, otherwise: string): string => {
    const fresh = quote(`${dest}.kubeplay-new`);
    return `if [ -e ${kept} ] || [ -L ${kept} ]; then rm -f -- ${fresh}; cp -a -- ${kept} ${fresh}; mv -fT -- ${fresh} ${quote(dest)}; else ${otherwise}; fi`;
  };
  return [
    "set -e",
    ...p.programs.map((program) => replace(`${folder}/programs/${quote(programName(program))}`, program.dest, ":")),
    ...p.files.map((file) => replace(`${folder}/files${quote(file)}`, file, `rm -f -- ${quote(file)}`)),
    "systemctl daemon-reload",
    `systemctl reset-failed -- ${quote(p.unit)} 2>/dev/null || :`,
    `systemctl restart --no-block -- ${quote(p.unit)}`,
    `rm -rf -- ${folder}`,
  ].join("\n");
}

const barredProbe = ({ barred, ...p }: PutBackProps) =>
  queries.probe(
    barred === undefined ? "false" : `from=$(cat ${quote(path.join(keptIn(p), fromFile))}) && { ${barred.condition}\n}`,
  );

interface PutBackNow {
  readonly from: queries.ContentState;
  readonly to: queries.ContentState;
  readonly isBarred: boolean;
  readonly isOld: boolean;
}

function isOldProbe(p: PutBackProps): string {
  const file = (name: string): string => quote(path.join(keptIn(p), name));
  if (p.since !== undefined) return `! [ ${file(toFile)} -nt ${quote(p.since)} ]`;
  return p.unfinished ? `[ -e ${file(doneFile)} ]` : "false";
}

const isKept = ({ to, isOld }: PutBackNow, { any, programs: [main] }: PutBackProps): boolean =>
  to !== undefined && !isOld && (any === true || lineOf(to) === main.version);

/** Puts a service back to what it ran with before its last upgrade, and restarts it. Waiting for it is another task. */
export const putBack = defineResource({
  kind: "put back",
  label: ({ unit }: PutBackProps) => unit,
  needs: (p) => ({
    from: queries.content(path.join(keptIn(p), fromFile)),
    to: versionKept(p),
    isBarred: barredProbe(p),
    isOld: queries.probe(isOldProbe(p)),
  }),
  diff: (now: PutBackNow, p): Difference[] =>
    isKept(now, p) && !now.isBarred
      ? [{ what: "version", before: lineOf(now.to), after: lineOf(now.from) ?? "the one before" }]
      : [],
  warnings: (now, p) =>
    isKept(now, p) && now.isBarred
      ? [`${p.unit} stays at ${lineOf(now.to) ?? ""}: ${p.barred?.why ?? ""} (before: ${lineOf(now.from) ?? ""})`]
      : [],
  apply: (_found, _now, p) => [putBackScript(p)],
  forecast: () => ({ from: undefined, to: undefined }),
  effects: () => ["everything"],
});

/** Whether the last upgrade of one of these services can be put back. Never a change; its output is the answer. */
export const hasKept = defineResource({
  kind: "kept services",
  label: ({ services }: { readonly services: readonly Upgradable[] }) => services.map(({ unit }) => unit).join(", "),
  needs: ({ services }): Record<string, Query<queries.ContentState>> =>
    Object.fromEntries(services.map((each) => [each.unit, versionKept(each)])),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: (now: Readonly<Record<string, queries.ContentState>>): boolean =>
    Object.values(now).some((to) => to !== undefined),
});
