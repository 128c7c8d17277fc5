import path from "node:path/posix";
import { defineResource, queries, quote, register, type Difference, type Query } from "kubeplay";
import { keptIn, versionKept, type Upgradable } from "./kept.ts";

/** Whether the programs of a host change in this upgrade. */
export const hostChanges = register<boolean>("host changes in this upgrade");

interface Services {
  /** The services of a host that an upgrade changes. */
  readonly services: readonly [Upgradable, ...Upgradable[]];
}

/** The folder of all that is kept on a host. */
const folderOf = ({ services: [first] }: Services): string => path.dirname(keptIn(first));

/** Written once all hosts have their new versions: what is kept is of an upgrade that has ended. */
const endedFile = (p: Services): string => path.join(folderOf(p), "ended");

/** The property for a host. Each is one of its own, as only whole properties may be outputs. */
export const changesKey = (host: string) => `whether ${host} changes` as const;

/** By host; undefined for one that is not in the run. */
type Changes = Readonly<Record<ReturnType<typeof changesKey>, boolean | undefined>>;
export type ForgottenProps = Services & Changes;

/**
 * Forgets what an upgrade before kept, once another one begins on any host: a rollback puts back one upgrade only. An
 * interrupted upgrade has not ended, so that the run that continues it forgets nothing.
 */
export const forgotten = defineResource({
  kind: "upgrade before",
  label: (p: ForgottenProps) => folderOf(p),
  needs: (p) => ({ ended: queries.path(endedFile(p)) }),
  diff: ({ ended }, p): Difference[] =>
    ended.type !== "absent" && Object.values(p).includes(true)
      ? [{ what: "kept of the upgrade before", before: "present", after: "absent" }]
      : [],
  // The note goes last: an interrupted removal is completed by the next run.
  apply: (_found, _now, p) => [
    `rm -rf -- ${p.services.map((each) => quote(keptIn(each))).join(" ")}; rm -f -- ${quote(endedFile(p))}`,
  ],
  forecast: () => ({ ended: { type: "absent" as const } }),
  effects: (p) => [{ below: folderOf(p), state: "gone" as const }],
});

type Now = Readonly<Record<string, queries.ContentState | queries.PathState>>;
const ended = "ended";

/** Notes on a host that the upgrade has ended on all hosts. */
export const endedUpgrade = defineResource({
  kind: "ended upgrade",
  label: (p: Services) => folderOf(p),
  needs: (p): Record<string, Query<Now[string]>> => ({
    ...Object.fromEntries(p.services.map((each) => [each.unit, versionKept(each)] as const)),
    [ended]: queries.path(endedFile(p)),
  }),
  diff: (now: Now, { services }): Difference[] =>
    (now[ended] as queries.PathState).type === "absent" && services.some(({ unit }) => now[unit] !== undefined)
      ? [{ what: "upgrade", before: "begun", after: "ended" }]
      : [],
  apply: (_found, _now, p) => [`umask 022; : > ${quote(endedFile(p))}`],
  forecast: () => ({ [ended]: { type: "file" as const, mode: 0o644 } }),
});
