import type { Answer, Api } from "#kubernetes/api/answers.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";

interface Kind {
  readonly root: string;
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}
const kind = (root: string, name: string, kind: string, namespaced = true): Kind => ({ root, name, kind, namespaced });
const builtIn: readonly Kind[] = [
  kind("/api/v1", "configmaps", "ConfigMap"),
  kind("/api/v1", "secrets", "Secret"),
  kind("/api/v1", "namespaces", "Namespace", false),
  kind("/api/v1", "serviceaccounts", "ServiceAccount"),
  kind("/api/v1", "events", "Event"),
  kind("/apis/apps/v1", "deployments", "Deployment"),
  kind("/apis/apps/v1beta1", "deployments", "Deployment"),
  kind("/apis/batch/v1", "jobs", "Job"),
  kind("/apis/apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", false),
];

type Stored = Record<string, unknown> & { metadata: Record<string, unknown> & { labels?: Record<string, string> } };
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const merge = (is: unknown, wanted: unknown): unknown =>
  isRecord(is) && isRecord(wanted)
    ? { ...is, ...Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, merge(is[name], value)])) }
    : wanted;
const verbs = ["create", "delete", "get", "list", "patch"];
const ok = (body: unknown, status = 200): Answer => ({ status, body });
const missing: Answer = { status: 404, body: { message: "not found" } };

/** Root, namespace and plural in the path of a namespace's objects. */
const inNamespace = (place: string): string[] => /^(.*)\/namespaces\/([^/]+)\/([^/]+)$/.exec(place)?.slice(1) ?? [];

/** A server with a few kinds. It stores objects, merges fields as apply does, and records writes and dry runs. */
export class FakeApi implements Api {
  readonly objects = new Map<string, Stored>();
  /** All writes: "PATCH motd", "DELETE motd". */
  readonly done: string[] = [];
  /** Path of an object → its immutable field. */
  readonly fixed = new Map<string, string>();
  readonly dryRuns: string[] = [];
  #kinds: readonly Kind[] = builtIn;
  #uid = 0;

  ask(method: string, path: string, content?: { readonly body: unknown }): Promise<Answer> {
    const [place = "", options = ""] = path.split("?");
    return Promise.resolve(this.#answer(method, place, new URLSearchParams(options), content?.body));
  }

  #answer(method: string, place: string, options: URLSearchParams, body: unknown): Answer {
    const ofRoot = this.#kinds.filter(({ root }) => root === place);
    if (method === "GET" && place === "/apis") return ok({ groups: this.#groups() });
    if (method === "GET" && ofRoot.length > 0) return ok({ resources: ofRoot.map((one) => ({ ...one, verbs })) });
    const [root, namespace, plural] = inNamespace(place);
    const within = this.#kinds.find((one) => one.root === root && one.name === plural && one.namespaced);
    if (method === "GET" && within)
      return ok({ items: this.#all(within).filter(({ metadata }) => metadata.namespace === namespace) });
    const listed = this.#kinds.find(({ root, name }) => `${root}/${name}` === place);
    if (method === "GET" && listed) return ok({ items: this.#labelled(listed, options.get("labelSelector") ?? "") });
    if (method === "GET") return this.objects.has(place) ? ok(this.objects.get(place)) : missing;
    if (method === "PATCH") return this.#apply(place, body as Manifest, options);
    if (method !== "DELETE" || !this.objects.has(place)) return missing;
    this.done.push(`DELETE ${place.split("/").at(-1) ?? ""}`);
    this.objects.delete(place);
    return ok({});
  }

  #groups(): object[] {
    const versions = [...new Set(this.#kinds.map(({ root }) => root))].filter((root) => root.startsWith("/apis/"));
    return versions.map((root) => ({ versions: [{ groupVersion: root.slice("/apis/".length) }] }));
  }

  #all({ root, name, kind }: Kind): Stored[] {
    return [...this.objects]
      .filter(([path, object]) => path.startsWith(`${root}/`) && object.kind === kind && path.includes(`/${name}/`))
      .map(([, object]) => object);
  }

  #labelled(one: Kind, selector: string): Stored[] {
    const [label = "", value] = selector.split("=");
    return this.#all(one).filter(({ metadata }) => selector === "" || metadata.labels?.[label] === value);
  }

  #apply(place: string, manifest: Manifest, options: URLSearchParams): Answer {
    const now = this.objects.get(place);
    const field = this.fixed.get(place);
    const dry = options.has("dryRun");
    if (now && field !== undefined)
      return {
        status: 422,
        body: { message: `${field} is immutable`, details: { causes: [{ field, message: "field is immutable" }] } },
      };
    const managedFields = [{ manager: options.get("fieldManager"), operation: "Apply" }];
    const merged = merge(now ?? { metadata: { uid: String(++this.#uid) } }, manifest) as Stored;
    const object = { ...merged, metadata: { ...merged.metadata, managedFields } };
    if (dry) this.dryRuns.push(manifest.metadata.name);
    else {
      this.done.push(`PATCH ${manifest.metadata.name}`);
      this.objects.set(place, object);
      if (manifest.kind === "CustomResourceDefinition") this.#establish(manifest);
    }
    return ok(object, now ? 200 : 201);
  }

  #establish({ spec }: Manifest): void {
    const { group, names, scope } = spec as { group: string; names: { kind: string; plural: string }; scope: string };
    const brought = kind(`/apis/${group}/v1`, names.plural, names.kind, scope === "Namespaced");
    this.#kinds = [...this.#kinds, brought];
  }
}
