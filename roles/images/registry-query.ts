import { defineQuery } from "#lib/queries/define.ts";

export type RegistryImage =
  | { readonly state: "unreachable"; readonly why: string }
  | { readonly state: "absent" }
  /** `inputs` is what this project's label says; another's image has none. */
  | { readonly state: "present"; readonly inputs?: string };

export const label = "kubeplay.inputs";

/** How long a registry may take, in milliseconds: it is on the same network. */
const patience = 5000;
const manifests = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

async function ask(reference: string): Promise<RegistryImage> {
  const { registry, repository, tag } =
    /^(?<registry>[^/]+)\/(?<repository>.+):(?<tag>[^:/]+)$/.exec(reference)?.groups ?? {};
  const get = (path: string, accept: string): Promise<Response> =>
    fetch(`http://${registry}/v2/${repository}/${path}`, {
      headers: { accept },
      signal: AbortSignal.timeout(patience),
    });
  try {
    const found = await get(`manifests/${tag}`, manifests);
    if (found.status === 404) return { state: "absent" };
    if (!found.ok) return { state: "unreachable", why: `HTTP ${found.status}` };
    const digest = property(property(await found.json(), "config"), "digest");
    if (typeof digest !== "string") return { state: "present" };
    const config: unknown = await (await get(`blobs/${digest}`, "*/*")).json();
    const inputs = property(property(property(config, "config"), "Labels"), label);
    return { state: "present", ...(typeof inputs === "string" ? { inputs } : {}) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { state: "unreachable", why: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** What a plain HTTP registry has under "host:port/repository:tag". */
export const registryImage = defineQuery<RegistryImage>({
  kind: "registry image",
  // The registry itself may be started by a task before.
  volatile: true,
  get: async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await ask(key)] as const))),
});
