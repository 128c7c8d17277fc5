import { TaskError } from "../errors.ts";
import type { Answer, KubernetesApi } from "./kubernetes-api.ts";
import type { Manifest } from "./object.ts";

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** What the server says of a failure, in its own words. */
export function reasonOf({ status, body }: Answer): string {
  const message = field(body, "message");
  return typeof message === "string" ? message : `HTTP ${String(status)}`;
}

/** The kinds of a group and version, as far as the server was asked. */
const discovered = new WeakMap<KubernetesApi, Map<string, Promise<readonly ApiResource[]>>>();

/** Where the API has an object; undefined where it has no such kind (yet). */
export async function objectPath(
  api: KubernetesApi,
  { apiVersion, kind, metadata }: Manifest,
): Promise<string | undefined> {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const resource = (await kindsOf(api, root)).find((one) => one.kind === kind);
  if (!resource) {
    // The next question asks again: a CustomResourceDefinition may come in between.
    discovered.get(api)?.delete(root);
    return undefined;
  }
  if (!resource.namespaced && metadata.namespace !== undefined)
    throw new TaskError(
      `${kind} ${metadata.name}: a ${kind} belongs to no namespace, but its manifest names ${metadata.namespace}`,
    );
  const namespace = resource.namespaced ? `/namespaces/${encodeURIComponent(metadata.namespace ?? "default")}` : "";
  return `${root}${namespace}/${resource.name}/${encodeURIComponent(metadata.name)}`;
}

function kindsOf(api: KubernetesApi, root: string): Promise<readonly ApiResource[]> {
  const groups = discovered.get(api) ?? new Map<string, Promise<readonly ApiResource[]>>();
  discovered.set(api, groups);
  const asked = groups.get(root) ?? discover(api, root);
  groups.set(root, asked);
  asked.catch(() => groups.delete(root));
  return asked;
}

async function discover(api: KubernetesApi, root: string): Promise<readonly ApiResource[]> {
  const answer = await api.ask("GET", root);
  if (answer.status === 404) return [];
  const resources = field(answer.body, "resources");
  if (answer.status !== 200 || !Array.isArray(resources))
    throw new TaskError(`the API's kinds at ${root} cannot be read: ${reasonOf(answer)}`);
  return resources.filter(isResource).filter(({ name }) => !name.includes("/"));
}

const isResource = (value: unknown): value is ApiResource =>
  typeof field(value, "name") === "string" &&
  typeof field(value, "kind") === "string" &&
  typeof field(value, "namespaced") === "boolean";
