import { TaskError } from "#engine/errors.ts";
import { apiToCome } from "../api/api-to-come.ts";
import { useApi, type ApiAccess } from "../api/kubernetes-api.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import {
  asManifest,
  objectSet,
  objectsIn,
  type Member,
  type Held,
  type ObjectSetState,
  type Pruned,
} from "./object-set.ts";
import type { Difference } from "#engine/tasks/resource.ts";
import { defineResource } from "#engine/tasks/task.ts";
import { unreachable } from "./unreachable.ts";
import { keepSet } from "./keep-set.ts";
import { shown } from "./shown.ts";

export interface ManifestsProps extends ApiAccess {
  /**
   * What the objects are of, e.g. "metrics-server": a label of each. An object that the set made and that is no longer
   * among them is removed.
   */
  readonly set: string;
  /** Needed where the state is not "absent". */
  readonly objects?: readonly Manifest[];
  /** Of objects that name none though their kind belongs to one; "default" where absent. */
  readonly namespace?: string;
  /** Kinds whose objects may be deleted and made anew where a field cannot be changed: ["Job"]. */
  readonly recreate?: readonly string[];
  /** What is in them is shown nowhere; always so for Secrets. */
  readonly secret?: boolean;
  /** Absent takes away all that carries the set's label, but nothing that would take along what others have made. */
  readonly state?: "present" | "absent";
}

const isAbsent = ({ state }: ManifestsProps): boolean => state === "absent";
const objectsOf = (p: ManifestsProps): readonly Manifest[] => (isAbsent(p) ? [] : (p.objects ?? []));

/** How many names a line has room for. */
const namesAtMost = 8;
const short = (names: readonly string[]): string => {
  const more = names.length - namesAtMost;
  return names.slice(0, namesAtMost).join(", ") + (more > 0 ? ` and ${String(more)} more` : "");
};

/**
 * Objects of a Kubernetes API that belong together, kept by server-side apply: fields that they do not name stay as they
 * are. All are compared at once, and those that differ are applied in the order in which they need each other.
 */
export const manifests = defineResource({
  kind: "manifests",
  label: (p) => p.set,
  labelOfChange: (found) => {
    const goes = found.filter(({ after }) => after === "absent").map(({ what }) => what);
    const comes = found.filter(({ after }) => after !== "absent").map(({ what }) => what);
    // Of what goes, a person wants to know all.
    return [short(comes), ...(goes.length > 0 ? [`removed: ${goes.join(", ")}`] : [])].filter(Boolean).join("; ");
  },
  needs: (p: ManifestsProps) => {
    if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(p.set))
      throw new TaskError(`"${p.set}" cannot be a set's name: expected small letters, digits and hyphens, 63 at most`);
    if (!isAbsent(p) && objectsOf(p).length === 0)
      throw new TaskError(`${p.set}: a set has objects, or the state "absent"`);
    return { set: objectSet({ ...p, objects: objectsOf(p) }), toCome: apiToCome(p.kubeconfig) };
  },
  diff: ({ set: now, toCome }, p): Difference[] => {
    if (now.type === "unreachable" && !toCome) throw unreachable(now);
    if (now.type === "unreachable")
      return objectsIn({ ...p, objects: objectsOf(p) }).map((object) => difference(object, [undefined, object], p));
    const refused = now.members.flatMap((member) => refusalOf(member, p) ?? []);
    if (refused.length > 0) throw new TaskError(refused.join("\n"));
    return [...now.members.flatMap((member) => differenceOf(member, p) ?? []), ...now.prune.map(leaving)];
  },
  apply: (_found, { set: now }, p) => {
    if (now.type === "unreachable") throw unreachable(now);
    return [
      {
        onController: (progress, stopping) => {
          const wait = { progress, stopping };
          return useApi(p, wait, (api) => keepSet(api, { ...now, set: p.set }, wait));
        },
      },
    ];
  },
  forecast: ({ set: now }, p): { set: ObjectSetState } => {
    const members = now.type === "reached" ? now.members : objectsOf(p).map((manifest) => ({ manifest }));
    const kept = members.map(({ manifest }): Member => ({ manifest, state: { type: "kept" } }));
    return { set: { type: "reached", members: kept, prune: [], held: now.type === "reached" ? now.held : [] } };
  },
  warnings: ({ set: now }) => (now.type === "reached" ? now.held.map(staying) : []),
});

function difference(object: Manifest, pair: readonly [unknown, unknown], { secret }: ManifestsProps): Difference {
  const what = objectName(object);
  if (secret ?? object.kind === "Secret") {
    const [before, after] = pair.map((side) => (side === undefined ? undefined : "(secret)"));
    return { what, before, after, secret: true };
  }
  const [before, after] = shown(pair);
  return { what, before, after };
}

function differenceOf({ manifest, state }: Member, p: ManifestsProps): Difference | undefined {
  if (state.type === "kept") return undefined;
  if (state.type === "differs") return difference(manifest, [state.now, state.applied], p);
  if (state.type === "absent") return difference(manifest, [undefined, manifest], p);
  const found = difference(manifest, [state.now, manifest], p);
  return { ...found, what: `${found.what} (deleted and made anew: ${state.fixed.join(", ")})` };
}

/** Why an object cannot be kept, and what a person may do. */
function refusalOf({ manifest, state }: Member, { recreate = [], set }: ManifestsProps): string | undefined {
  if (state.type !== "refused") return undefined;
  const name = objectName(manifest);
  if (state.fixed.length === 0) return `${name} is refused: ${state.why}`;
  if (recreate.includes(manifest.kind)) return undefined;
  const { kind, metadata } = manifest;
  const where = metadata.namespace === undefined ? "" : `-n ${metadata.namespace} `;
  return (
    `${name}: ${state.fixed.join(", ")} cannot be changed once it is there. Delete it (kubectl ${where}delete ` +
    `${kind.toLowerCase()} ${metadata.name}) and run again, or let the set ${set} do so (recreate: ["${kind}"])`
  );
}

const leaving = (one: Pruned): Difference => ({
  what: objectName(asManifest(one)),
  before: "present",
  after: "absent",
});

const staying = (one: Held): string =>
  `${objectName(asManifest(one))} stays: ${short(one.holds)} would go with it, and is none of what is taken away. Once that is gone, the next run removes it`;
