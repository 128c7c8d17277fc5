import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { TaskError } from "#engine/errors.ts";
import { refusal, type Api } from "../api/answers.ts";
import { defineQuery, type Query, type WaitOptions } from "#engine/queries/define.ts";
import { holdings, listAt, type LeftoverObject, type Listed } from "./held-objects.ts";
import { accessIn, askApi, type ApiAccess, type Unreachable } from "../api/kubernetes-api.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import { essence, fieldManager, dryRun } from "../api/object.ts";
import { servedKind } from "../api/object-path.ts";
import { appliedBy, isKept } from "./owned-fields.ts";
import { appliedSetOf, isAppliedSet, kindKey, kindsIn, recordedKinds, setLabel, type Kind } from "./applied-set.ts";

export interface ObjectSet extends ApiAccess {
  /** A label's value: objects that were created under this name and are no longer in the set are removed. */
  readonly set: string;
  /** Empty if the set must be absent. */
  readonly objects: readonly Manifest[];
  /** Namespace of namespaced objects that name none. */
  readonly namespace?: string;
}

export type MemberState =
  | { readonly type: "absent" }
  /** Applying it would change nothing. */
  | { readonly type: "kept" }
  /** `now` is the object, `applied` the object after server-side apply; both without fields that the server manages. */
  | { readonly type: "differs"; readonly now: unknown; readonly applied: unknown }
  | { readonly type: "refused"; readonly why: string; readonly fixed: readonly string[]; readonly now: unknown };

/** An object of the set. */
export interface Member {
  /** As it is applied: in its namespace, with the set's label. */
  readonly manifest: Manifest;
  readonly state: MemberState;
}

/** An object that the set created and no longer contains. */
export interface Pruned {
  readonly kind: Kind;
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
}

export const asManifest = ({ kind, name, namespace }: Pruned): Manifest => ({
  ...kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

/** An object that left the set but stays: deleting it would also delete objects that must stay, which `holds` names. */
export interface Held extends Pruned {
  readonly holds: readonly string[];
}

export type ObjectSetState =
  | Unreachable
  | {
      readonly type: "reached";
      readonly members: readonly Member[];
      readonly prune: readonly Pruned[];
      readonly held: readonly Held[];
    };

/** Sets by query key. A set has megabytes, and a key is copied and hashed at each lookup of a state. */
const sets = new Map<string, ObjectSet>();

const look = (set: ObjectSet, wait?: WaitOptions): Promise<ObjectSetState> =>
  askApi(set, wait, (api) => compare(api, set));

const setKey = defineQuery<ObjectSetState>({
  kind: "object set",
  // An earlier task may start the API server, and controllers change objects at any time.
  volatile: true,
  get: async (keys, wait) =>
    new Map(await Promise.all(keys.map(async (key) => [key, await look(asked(key), wait)] as const))),
});

/** All objects of a set, compared with the result of server-side apply, and the objects that left the set. */
export function objectSet({ set, objects, namespace, ...access }: ObjectSet): Query<ObjectSetState> {
  const one = { ...accessIn(access), set, objects, ...(namespace !== undefined && { namespace }) };
  const key = `${set} ${createHash("sha256").update(JSON.stringify(one)).digest("hex")}`;
  sets.set(key, one);
  return setKey(key);
}

function asked(key: string): ObjectSet {
  const found = sets.get(key);
  if (!found) throw new Error(`object set ${key} was not created by objectSet()`);
  return found;
}

export async function compare(api: Api, set: ObjectSet): Promise<ObjectSetState> {
  const kinds = kindsIn([...set.objects.map(kindOf), ...(await recordedKinds(api, set.set))]);
  const lists = await Promise.all(kinds.map(async (kind) => ({ kind, items: await list(api, kind, set.set) })));
  const labelled = new Map(
    lists.flatMap(({ kind, items }) => items.map((object) => [identity(kind, object.metadata), { kind, object }])),
  );
  const placed = await Promise.all(set.objects.map((manifest) => inItsNamespace(api, manifest, set)));
  const ids = placed.map((manifest) => identity(kindOf(manifest), manifest.metadata));
  const twice = placed.find((_, index) => ids.indexOf(ids[index] ?? "") !== index);
  if (twice) throw new TaskError(`${objectName(twice)} is in the set ${set.set} twice`);
  const others = [...labelled]
    .filter(([id, { object }]) => !ids.includes(id) && appliedBy(object, fieldManager) !== undefined)
    .map(([, one]) => one);
  const goes = new Set(others.map(({ object }) => object.metadata.uid));
  const heldBy = holdings(api, goes);
  const left = await Promise.all(others.map(async (one) => ({ ...leftOf(one), holds: await heldBy(one) })));
  const held = left.filter(({ holds }) => holds.length > 0);
  const wanted = [...placed, ...inventoryIn(set, held)];
  const members = await Promise.all(
    wanted.map((manifest) =>
      member(api, set, manifest, labelled.get(identity(kindOf(manifest), manifest.metadata))?.object),
    ),
  );
  // Held objects are removed by a later run; until then the record of kinds must stay.
  const stays = (one: Held): boolean =>
    one.holds.length > 0 || ((wanted.length > 0 || held.length > 0) && isAppliedSet(asManifest(one), set.set));
  return { type: "reached", members, prune: left.filter((one) => !stays(one)), held };
}

function leftOf({ kind, object }: LeftoverObject): Pruned {
  const { name, namespace, uid } = object.metadata;
  return { kind, name, uid, ...(namespace !== undefined && { namespace }) };
}

/** The object of a set that records the kinds of the others. */
const inventoryIn = ({ set, objects }: ObjectSet, held: readonly Held[]): readonly Manifest[] =>
  objects.length === 0 ? [] : [appliedSetOf(set, [...objects.map(kindOf), ...held.map(({ kind }) => kind)])];

/** All objects of a set of which none exists yet. */
export const objectsIn = (set: ObjectSet): readonly Manifest[] => [...set.objects, ...inventoryIn(set, [])];

const kindOf = ({ apiVersion, kind }: Manifest): Kind => ({ apiVersion, kind });
const identity = (kind: Kind, { namespace = "", name }: { readonly namespace?: string; readonly name: string }) =>
  `${kindKey(kind)} ${namespace}/${name}`;

async function list(api: Api, kind: Kind, set: string): Promise<readonly Listed[]> {
  const served = await servedKind(api, kind.apiVersion, kind.kind);
  if (!served) return [];
  return listAt(api, `${served.path}?labelSelector=${encodeURIComponent(`${setLabel}=${set}`)}`);
}

async function inItsNamespace(api: Api, manifest: Manifest, { namespace, objects }: ObjectSet) {
  const served = await servedKind(api, manifest.apiVersion, manifest.kind);
  const { namespace: said, ...metadata } = manifest.metadata;
  // Charts set a namespace on all objects, but the API lists cluster-scoped objects without one.
  if (said !== undefined) return served?.namespaced === false ? { ...manifest, metadata } : manifest;
  if (!(served?.namespaced ?? isToBeNamespaced(manifest, objects))) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace: namespace ?? "default" } };
}

/** Whether a CustomResourceDefinition in the same set makes this kind namespaced. */
const isToBeNamespaced = ({ apiVersion, kind }: Manifest, objects: readonly Manifest[]): boolean =>
  objects.some((object) => {
    const { group, scope, names } = (object.spec ?? {}) as Partial<Record<string, unknown>>;
    return (
      object.kind === "CustomResourceDefinition" &&
      group === apiVersion.split("/")[0] &&
      scope === "Namespaced" &&
      (names as { readonly kind?: unknown } | undefined)?.kind === kind
    );
  });

async function member(api: Api, set: ObjectSet, manifest: Manifest, found?: Listed): Promise<Member> {
  const labelled = withLabel(manifest, set.set);
  const served = await servedKind(api, manifest.apiVersion, manifest.kind);
  if (!served) return { manifest: labelled, state: { type: "absent" } };
  const path = served.pathOf(manifest.metadata.name, manifest.metadata.namespace);
  const object = found ?? (await get(api, path, manifest));
  // An object that is being deleted counts as absent: `put` waits for its end and creates it again.
  if (object?.metadata.deletionTimestamp !== undefined || !object)
    return { manifest: labelled, state: { type: "absent" } };
  const owner = object.metadata.labels?.[setLabel];
  if (owner !== undefined && owner !== set.set)
    throw new TaskError(
      `${objectName(manifest)} is in the set ${owner}: an object can be in one set only, and ${set.set} has it too`,
    );
  // A Namespace that existed before the set gets no label, so that the set never removes it.
  const wanted = manifest.kind === "Namespace" && owner === undefined ? manifest : labelled;
  if (isKept(object, wanted, fieldManager)) return { manifest: wanted, state: { type: "kept" } };
  return { manifest: wanted, state: await stateOf(api, path, wanted, object) };
}

async function get(api: Api, path: string, manifest: Manifest): Promise<Listed | undefined> {
  const answer = await api.ask("GET", path);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusal(`${objectName(manifest)} cannot be read`, answer);
  return answer.body as Listed;
}

async function stateOf(api: Api, path: string, manifest: Manifest, listed: Listed): Promise<MemberState> {
  // The field order in which the API returns a single object, so that the difference is readable.
  const { kind, apiVersion } = manifest;
  const object = { kind, apiVersion, ...listed };
  const state = await dryRun(api, path, manifest, { body: object });
  if (state.type === "refused") return { ...state, now: essence(object) };
  if (state.type !== "present") return { type: "absent" };
  const { now, applied } = state;
  return isDeepStrictEqual(now, applied) ? { type: "kept" } : { type: "differs", now, applied };
}

const withLabel = (manifest: Manifest, set: string): Manifest => ({
  ...readable(manifest),
  metadata: { ...manifest.metadata, labels: { ...(manifest.metadata.labels as object | undefined), [setLabel]: set } },
});

/** The API never returns stringData, and keys removed from it stay in data. So its values are written as data. */
function readable(manifest: Manifest): Manifest {
  const { stringData, ...rest } = manifest;
  if (manifest.kind !== "Secret" || typeof stringData !== "object" || stringData === null) return manifest;
  const entries = Object.entries(stringData).map(([name, value]) => [
    name,
    Buffer.from(String(value)).toString("base64"),
  ]);
  return { ...rest, data: { ...(rest.data as object | undefined), ...Object.fromEntries(entries) } };
}
