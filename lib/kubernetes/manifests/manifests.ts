import { TaskError } from "#engine/errors.ts";
import { apiToCome } from "../api/api-to-come.ts";
import { accessRules, useApi, type ApiAccess } from "../api/kubernetes-api.ts";
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
import { unknown, type Difference } from "#engine/tasks/resource.ts";
import { presence, prop } from "#engine/tasks/properties.ts";
import { defineResource } from "#engine/tasks/task.ts";
import { isAppliedSet, setLabel } from "./applied-set.ts";
import { unreachable } from "./unreachable.ts";
import { keepSet } from "./keep-set.ts";
import { digestOf, shown } from "./shown.ts";

/** Props of `manifests`: a named set of objects, and the API that has them. */
export interface ManifestsProps extends ApiAccess {
  /**
   * Name of the set, such as "metrics-server": a label of each object. An object that the set created and no longer
   * contains is removed.
   */
  readonly set: string;
  /** Required unless the state is "absent". */
  readonly objects?: readonly Manifest[];
  /** Namespace of namespaced objects that name none; "default" if absent. */
  readonly namespace?: string;
  /** Kinds whose objects may be deleted and recreated if an immutable field differs: ["Job"]. */
  readonly recreate?: readonly string[];
  /** Hides the content of all objects in all output. That of a Secret is always hidden. */
  readonly secret?: boolean;
  /** "absent" removes all objects with the set's label, unless that would also delete objects of others. */
  readonly state?: "present" | "absent";
}

const isAbsent = ({ state }: ManifestsProps): boolean => state === "absent";
const objectsOf = (p: ManifestsProps): readonly Manifest[] => (isAbsent(p) ? [] : (p.objects ?? []));

/** The maximum number of names in a line. */
const namesAtMost = 8;
const short = (names: readonly string[]): string => {
  const more = names.length - namesAtMost;
  return names.slice(0, namesAtMost).join(", ") + (more > 0 ? ` and ${String(more)} more` : "");
};

/**
 * A set of objects of a Kubernetes API, managed by server-side apply: fields that the manifests do not name stay as
 * they are. All objects are compared at once. Those that differ are applied in the order of their dependencies. It is
 * an error if the API refuses a manifest, or if no API answers and this run does not start it.
 *
 * @example
 * manifests("Apply its objects", {
 *   kubeconfig: "/root/.kube/config",
 *   set: "web",
 *   namespace: "web",
 *   objects: [
 *     { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } },
 *     { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "motd" }, data: { text: "hello" } },
 *   ],
 * });
 */
export const manifests = defineResource({
  kind: "manifests",
  props: {
    ...accessRules,
    set: prop.text,
    objects: prop.optional(prop.listOf(prop.object)),
    namespace: prop.optional(prop.text),
    recreate: prop.optional(prop.listOf(prop.text)),
    secret: prop.optional(prop.flag),
    state: presence,
  },
  label: (p) => p.set,
  labelOfChange: (found) => {
    const goes = found.filter(({ after }) => after === "absent").map(({ what }) => what);
    const comes = found.filter(({ after }) => after !== "absent").map(({ what }) => what);
    // Removed objects are always listed in full.
    return [short(comes), ...(goes.length > 0 ? [`removed: ${goes.join(", ")}`] : [])].filter(Boolean).join("; ");
  },
  needs: (p: ManifestsProps) => {
    if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(p.set))
      throw new TaskError(
        `"${p.set}" is not a valid set name: expected at most 63 lowercase letters, digits and hyphens`,
      );
    if (!isAbsent(p) && objectsOf(p).length === 0)
      throw new TaskError(`${p.set}: a set needs objects, or the state "absent"`);
    return { set: objectSet({ ...p, objects: objectsOf(p) }), toCome: apiToCome(p.kubeconfig) };
  },
  diff: ({ set: now, toCome }, p): Difference[] => {
    if (now.type === "unreachable" && !toCome) throw unreachable(now);
    if (now.type === "unreachable")
      return objectsIn({ ...p, objects: objectsOf(p) }).map((object) => creation(object, p));
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
  parts: (p) => Object.fromEntries(objectsIn({ ...p, objects: objectsOf(p) }).map((one) => [objectName(one), one])),
});

function difference(object: Manifest, pair: readonly [unknown, unknown], { secret }: ManifestsProps): Difference {
  const what = objectName(object);
  if (secret || object.kind === "Secret") {
    const [before, after] = pair.map((side) => (side === undefined ? undefined : "(secret)"));
    return { what, before, after, secret: true, desired: digestOf(pair[1]) };
  }
  const [before, after] = shown(pair);
  return { what, before, after };
}

/** A plan compares the object as its author wrote it: its namespace and its label are known once the API answers. */
function creation(object: Manifest, p: ManifestsProps): Difference {
  const { labels = {}, ...metadata } = object.metadata;
  const own = Object.entries(labels as object).filter(([name]) => name !== setLabel);
  const written = { ...object, metadata: { ...metadata, namespace: "", labels: Object.fromEntries(own) } };
  // The record of the set's kinds follows from the other objects.
  const desired = isAppliedSet(object, p.set) ? unknown : digestOf(written);
  return { ...difference(object, [undefined, object], p), desired };
}

function differenceOf({ manifest, state }: Member, p: ManifestsProps): Difference | undefined {
  if (state.type === "kept") return undefined;
  if (state.type === "differs") return difference(manifest, [state.now, state.applied], p);
  if (state.type === "absent") return creation(manifest, p);
  const found = difference(manifest, [state.now, manifest], p);
  return { ...found, what: `${found.what} (deleted and recreated: ${state.fixed.join(", ")})` };
}

/** Why an object cannot be applied, and the remedy. */
function refusalOf({ manifest, state }: Member, { recreate = [], set }: ManifestsProps): string | undefined {
  if (state.type !== "refused") return undefined;
  const name = objectName(manifest);
  if (state.fixed.length === 0) return `${name} is refused: ${state.why}`;
  if (recreate.includes(manifest.kind)) return undefined;
  const { kind, metadata } = manifest;
  const where = metadata.namespace === undefined ? "" : `-n ${metadata.namespace} `;
  return (
    `${name}: ${state.fixed.join(", ")} cannot be changed after creation. Delete it (kubectl ${where}delete ` +
    `${kind.toLowerCase()} ${metadata.name}) and run again, or allow the set ${set} to recreate it (recreate: ["${kind}"])`
  );
}

const leaving = (one: Pruned): Difference => ({
  what: objectName(asManifest(one)),
  before: "present",
  after: "absent",
});

const staying = (one: Held): string =>
  `${objectName(asManifest(one))} stays: removing it would also delete ${short(one.holds)}, which must stay. Once that is gone, the next run removes it`;
