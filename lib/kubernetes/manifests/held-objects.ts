import { refusal, type Api } from "../api/answers.ts";
import { objectName } from "../api/manifest.ts";
import { allKinds, type NamedKind } from "../api/object-path.ts";
import type { Kind } from "./applied-set.ts";

/** An object as the API lists it: without its kind. */
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

/** Objects at a path of the API; none where it has no such kind any more. */
export async function listAt(api: Api, path: string): Promise<readonly Listed[]> {
  const answer = await api.ask("GET", path);
  if (answer.status === 404 || answer.status === 405) return [];
  if (answer.status !== 200) throw refusal(`${path} cannot be listed`, answer);
  return (answer.body as { readonly items: readonly Listed[] }).items;
}

/** What the cluster itself has in each Namespace: it comes and goes by itself. */
const byItself = ["Event", "Endpoints", "EndpointSlice", "Lease"];
const ofEveryNamespace = ["ConfigMap kube-root-ca.crt", "ServiceAccount default"];

/** Neither made by a controller for another object, nor on its way out. */
const isOnItsOwn = (kind: string, { metadata }: Listed): boolean => {
  const { name, ownerReferences = [], deletionTimestamp } = metadata;
  const isMade = byItself.includes(kind) || ofEveryNamespace.includes(`${kind} ${name}`);
  return !isMade && ownerReferences.length === 0 && deletionTimestamp === undefined;
};

/** An object that shall go, and its kind. */
export interface LeftoverObject {
  readonly kind: Kind;
  readonly object: Listed;
}

/**
 * Tells what would go with an object though it shall not (`goes` has the uids of what shall), in words: all that is in a
 * Namespace, with a CustomResourceDefinition all objects of its kind. The API is asked once which kinds it has.
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
