import { TaskError } from "#engine/errors.ts";
import { field, refusal, type Answer, type Api } from "./answers.ts";
import type { Manifest } from "./manifest.ts";

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs?: readonly string[];
}

const cannotChange = /immutable|may not (be )?change|cannot change|cannot be change|updates to .* are forbidden/;

/** The immutable fields that a server refused to change, such as a Deployment's selector. */
export function fixedFields({ body }: Answer): string[] {
  const causes = field(field(body, "details"), "causes");
  if (!Array.isArray(causes)) return [];
  return causes.flatMap((cause: unknown) => {
    const [what, message] = [field(cause, "field"), field(cause, "message")];
    return typeof what === "string" && typeof message === "string" && cannotChange.test(message) ? [what] : [];
  });
}

/** The kinds of each group and version that was asked for. */
const discovered = new WeakMap<Api, Map<string, Promise<readonly ApiResource[]>>>();

/** A kind that the API serves. */
export interface ServedKind {
  readonly namespaced: boolean;
  /** Path of all its objects: /apis/apps/v1/deployments. */
  readonly path: string;
  /** Path of one object. */
  readonly pathOf: (name: string, namespace?: string) => string;
}

const rootOf = (apiVersion: string): string => `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;

/** Undefined if the API does not serve the kind (yet). */
export async function servedKind(api: Api, apiVersion: string, kind: string): Promise<ServedKind | undefined> {
  const root = rootOf(apiVersion);
  const resource = (await kindsOf(api, root)).find((one) => one.kind === kind);
  if (!resource) {
    // The next call asks again: a CustomResourceDefinition may be applied in between.
    discovered.get(api)?.delete(root);
    return undefined;
  }
  const { namespaced, name: plural } = resource;
  return {
    namespaced,
    path: `${root}/${plural}`,
    pathOf: (name, namespace = "default") =>
      `${root}${namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : ""}/${plural}/${encodeURIComponent(name)}`,
  };
}

/** A kind whose objects can be listed and deleted. */
export interface NamedKind {
  readonly kind: string;
  readonly namespaced: boolean;
  /** Path of all its objects; `pathIn` is that of a namespace's objects. */
  readonly path: string;
  readonly pathIn: (namespace: string) => string;
}

/** All kinds of the API, each once. Aggregated APIs whose server is unavailable are skipped, not waited for. */
export async function allKinds(api: Api): Promise<readonly NamedKind[]> {
  const answer = await api.ask("GET", "/apis");
  const groups = field(answer.body, "groups");
  if (answer.status !== 200 || !Array.isArray(groups)) throw refusal(`the API's groups cannot be read`, answer);
  const without = await unavailable(api);
  const versions = ["v1", ...groups.flatMap(versionsOf)].filter((apiVersion) => !without.has(apiVersion));
  const lists = await Promise.all(
    versions.map(async (apiVersion) => {
      const root = rootOf(apiVersion);
      const answer = await api.ask("GET", root);
      const resources = answer.status === 200 ? field(answer.body, "resources") : [];
      return (Array.isArray(resources) ? resources : []).filter(isResource).map((one) => ({ ...one, root }));
    }),
  );
  const deletable = lists.flat().filter(({ verbs = [] }) => verbs.includes("list") && verbs.includes("delete"));
  const once = new Map(
    deletable.reverse().map((one) => [`${one.root.split("/").slice(0, -1).join("/")} ${one.name}`, one]),
  );
  return [...once.values()].map(({ kind, namespaced, name, root }) => ({
    kind,
    namespaced,
    path: `${root}/${name}`,
    pathIn: (namespace) => `${root}/namespaces/${encodeURIComponent(namespace)}/${name}`,
  }));
}

/** The groups and versions of aggregated APIs whose server is unavailable. */
async function unavailable(api: Api): Promise<ReadonlySet<string>> {
  const { body } = await api.ask("GET", "/apis/apiregistration.k8s.io/v1/apiservices");
  const items = field(body, "items");
  const found = (Array.isArray(items) ? items : []).filter(isUnavailable);
  return new Set(
    found.map(
      ({ spec }: { readonly spec?: unknown }) => `${String(field(spec, "group"))}/${String(field(spec, "version"))}`,
    ),
  );
}

function isUnavailable(service: unknown): boolean {
  const conditions = field(field(service, "status"), "conditions");
  return (Array.isArray(conditions) ? conditions : []).some(
    (condition: unknown) => field(condition, "type") === "Available" && field(condition, "status") === "False",
  );
}

function versionsOf(group: unknown): string[] {
  const versions = field(group, "versions");
  const names = (Array.isArray(versions) ? versions : []).map((version: unknown) => field(version, "groupVersion"));
  return names.filter((name) => typeof name === "string");
}

/** Path of an object; undefined if the API does not serve its kind (yet). */
export async function objectPath(api: Api, { apiVersion, kind, metadata }: Manifest): Promise<string | undefined> {
  const served = await servedKind(api, apiVersion, kind);
  if (served && !served.namespaced && metadata.namespace !== undefined)
    throw new TaskError(
      `${kind} ${metadata.name}: a ${kind} has no namespace, but its manifest names ${metadata.namespace}`,
    );
  return served?.pathOf(metadata.name, metadata.namespace);
}

function kindsOf(api: Api, root: string): Promise<readonly ApiResource[]> {
  const groups = discovered.get(api) ?? new Map<string, Promise<readonly ApiResource[]>>();
  discovered.set(api, groups);
  const asked = groups.get(root) ?? discover(api, root);
  groups.set(root, asked);
  asked.catch(() => groups.delete(root));
  return asked;
}

async function discover(api: Api, root: string): Promise<readonly ApiResource[]> {
  const answer = await api.ask("GET", root);
  if (answer.status === 404) return [];
  const resources = field(answer.body, "resources");
  if (answer.status !== 200 || !Array.isArray(resources))
    throw refusal(`the API's kinds at ${root} cannot be read`, answer);
  return resources.filter(isResource).filter(({ name }) => !name.includes("/"));
}

const isResource = (value: unknown): value is ApiResource =>
  typeof field(value, "name") === "string" &&
  typeof field(value, "kind") === "string" &&
  typeof field(value, "namespaced") === "boolean";
