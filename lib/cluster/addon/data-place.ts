import { defineResource, type Inventory, TaskError } from "kubeplay";
import { type Api, type ApiAccess, refusal } from "kubeplay/kubernetes";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { nameOfPlace, nodeFor, placeOf, type Place, type Tied } from "./volume.ts";

/** Where new data goes, and what the variables demand of the place of any data. */
export interface WantedPlace {
  readonly usual: Place;
  readonly demanded: { readonly node?: string; readonly path?: string };
}

interface PlaceVariables {
  /** Prefix of its variables: registry_node, registry_path, registry_state. */
  readonly addon: string;
  /** The values of its variables; empty ones demand nothing. */
  readonly node: string;
  readonly path: string;
  /** The name of its claim. */
  readonly claim: string;
  /** Whether the cluster has storage for claims. */
  readonly claims: boolean;
  /** The folder on a node, without a claim. */
  readonly folder: string;
}

/** A folder if one is given or if there are no claims, otherwise a claim. */
function wantedPlace(wanted: PlaceVariables, inventory: Inventory): WantedPlace {
  const { addon, node, path, claim, claims, folder } = wanted;
  const demanded = { ...(node !== "" && { node }), ...(path !== "" && { path }) };
  const chosen = (): string => nodeFor(`${addon}_node`, node, inventory);
  if (path === "" && claims) return { usual: { claim, ...(node !== "" && { node: chosen() }) }, demanded };
  return { usual: { node: chosen(), path: path === "" ? folder : path }, demanded };
}

export interface DataPlaceProps extends ApiAccess, WantedPlace {
  readonly addon: string;
  /** API path of the workload whose pod has the data. */
  readonly workload: string;
  readonly namespace: string;
  /** The name of its claim. */
  readonly claim: string;
}

interface WorkloadWithData extends Pick<DataPlaceProps, "workload" | "namespace"> {
  readonly access: ApiAccess;
}

interface Workload {
  readonly spec?: { readonly template?: { readonly spec?: Tied } };
}
interface ReadClaim {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
}
type Asked = Pick<DataPlaceProps, "workload" | "namespace" | "claim">;
/** The place of a running workload, and the size and node of a claim; undefined if there is none. */
interface InUse {
  readonly type: "found";
  readonly place: Place | undefined;
  readonly size: string | undefined;
  readonly node: string | undefined;
}

async function read(api: Api, path: string): Promise<unknown> {
  const answer = await api.ask("GET", path);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusal(`${path} cannot be read`, answer);
  return answer.body;
}

const dataInUse = apiQuery("data in use", async (api, { workload, namespace, claim }: Asked): Promise<InUse> => {
  const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  const [found, claimed] = await Promise.all([read(api, workload), read(api, `${claims}/${claim}`)]);
  const { metadata, spec } = (claimed ?? {}) as ReadClaim;
  return {
    type: "found",
    place: placeOf((found as Workload | undefined)?.spec?.template?.spec ?? {}),
    size: spec?.resources?.requests?.storage,
    node: metadata?.annotations?.["volume.kubernetes.io/selected-node"],
  };
});

function check(now: Place, claimedOn: string | undefined, { addon, demanded: { node, path } }: DataPlaceProps): void {
  const nowPath = "path" in now ? now.path : "";
  const wrong = [
    { variable: `${addon}_node`, is: now.node ?? claimedOn, wanted: node },
    { variable: `${addon}_path`, is: nowPath, wanted: path },
  ].filter(({ is, wanted }) => wanted !== undefined && is !== undefined && wanted !== is);
  if (wrong.length === 0) return;
  const list = (of: "is" | "wanted"): string =>
    wrong.map((one) => `${one.variable}: ${one[of] === "" ? '""' : String(one[of])}`).join(" and ");
  throw new TaskError(
    `the data of ${addon} is in ${nameOfPlace(now)}, but the variables have ${list("wanted")}: the data would be left behind. ` +
      `Set ${list("is")} to keep it where it is. To use the new place, remove the addon first ` +
      `(-e ${addon}_state=absent), copy the data you want to keep, and run again`,
  );
}

/** The place of the data, and the size of a claim that exists. */
export interface DataPlace {
  readonly place: Place;
  readonly size?: string | undefined;
}

/**
 * The place of an addon's data: where it is, or the usual place if there is none yet. Fails if the variables demand
 * another one: an addon that starts elsewhere would leave its data behind. Never a change.
 */
export const dataPlace = defineResource({
  kind: "data",
  label: ({ addon }: DataPlaceProps) => addon,
  needs: ({ workload, namespace, claim, ...access }) => ({ inUse: dataInUse(access, { workload, namespace, claim }) }),
  diff: ({ inUse }: { readonly inUse: InUse | Unreachable }, p) => {
    if (inUse.type === "found" && inUse.place) check(inUse.place, inUse.node, p);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  // A cluster whose API does not run yet has no data.
  output: ({ inUse }, { usual, demanded: { node } }): DataPlace => {
    if (inUse.type !== "found") return { place: usual };
    const place = inUse.place ?? usual;
    return { place: "claim" in place && node !== undefined ? { ...place, node } : place, size: inUse.size };
  },
  reads: true,
});

/** The place of an addon's data, from its variables. */
export function placeFor(
  name: string,
  { access, workload, namespace, ...wanted }: PlaceVariables & WorkloadWithData,
  inventory: Inventory,
) {
  const { addon, claim } = wanted;
  return dataPlace(name, { ...access, ...wantedPlace(wanted, inventory), addon, workload, namespace, claim });
}
