import { refusal, type Api } from "../api/answers.ts";
import { objectName } from "../api/manifest.ts";
import { allKinds, type NamedKind } from "../api/object-path.ts";
import type { Kind } from "./applied-set.ts";

/** An object as the API lists it, without its kind. */
export interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly deletionTimestamp?: string;
  };
  /** Of a CustomResourceDefinition. */
  readonly spec?: { readonly group?: string; readonly names?: { readonly kind?: string } };
}

/** Lists the objects at a path of the API; empty if it no longer serves their kind. */
export async function listAt(api: Api, path: string): Promise<readonly Listed[]> {
  const answer = await api.ask("GET", path);
  if (answer.status === 404 || answer.status === 405) return [];
  if (answer.status !== 200) throw refusal(`${path} cannot be listed`, answer);
  return (answer.body as { readonly items: readonly Listed[] }).items;
}

/** Objects that the cluster itself creates and deletes in each Namespace. */
const byItself = ["Event", "Endpoints", "EndpointSlice", "Lease"];
const ofEveryNamespace = ["ConfigMap kube-root-ca.crt", "ServiceAccount default"];

/** Whether an object was not created by the cluster or for another object, and is not being deleted. */
const isOnItsOwn = (kind: string, { metadata }: Listed): boolean => {
  const { name, ownerReferences = [], deletionTimestamp } = metadata;
  const isMade = byItself.includes(kind) || ofEveryNamespace.includes(`${kind} ${name}`);
  return !isMade && ownerReferences.length === 0 && deletionTimestamp === undefined;
};

/** An object to remove, and its kind. */
export interface LeftoverObject {
  readonly kind: Kind;
  readonly object: Listed;
}

/**
 * Returns a function that names the objects that must stay, but that deleting an object would delete too: those in a
 * Namespace, or those of a CustomResourceDefinition's kind. `goes` has the uids of all objects to remove. The kinds of
 * the API are read only once.
 */
export function holdings(api: Api, goes: ReadonlySet<string>): (left: LeftoverObject) => Promise<readonly string[]> {
  let kinds: Promise<readonly NamedKind[]> | undefined;
  return async ({ kind: { kind }, object }) => {
    if (kind !== "Namespace" && kind !== "CustomResourceDefinition") return [];
    kinds ??= allKinds(api);
    const places = (await kinds).filter((one) =>
      kind === "Namespace"
        ? one.namespaced
        : one.kind === object.spec?.names?.kind && one.path.startsWith(`/apis/${object.spec.group ?? ""}/`),
    );
    const lists = await Promise.all(
      places.map(async (one) => {
        const found = await listAt(api, kind === "Namespace" ? one.pathIn(object.metadata.name) : one.path);
        const stays = found.filter((held) => !goes.has(held.metadata.uid) && isOnItsOwn(one.kind, held));
        return stays.map(({ metadata }) => objectName({ kind: one.kind, metadata }));
      }),
    );
    return lists.flat().sort();
  };
}
