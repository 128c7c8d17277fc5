import { defineQuery } from "kubeplay";
import { urlOf } from "#artifacts/images/registry-client.ts";
import { proxiedFetch } from "#artifacts/sources/proxied-fetch.ts";

const registry = "quay.io";
const repository = "cilium/cilium-envoy";
/** Milliseconds. */
const patience = 3000;

interface Sources {
  readonly cni: string;
  readonly cilium_l7_proxy: boolean;
  readonly images_registry: string;
  readonly containerd_mirrors: readonly { readonly registry: string; readonly endpoints: readonly string[] }[];
}

/**
 * URLs that answer if hosts can get Envoy's image from there. Undefined if no check is needed: Envoy is not used, or
 * the images are official ones. `isMade` is whether they are made here, or not even a registry is named.
 */
export function envoySources(vars: Sources, isMade: boolean): readonly string[] | undefined {
  if (vars.cni !== "cilium" || !vars.cilium_l7_proxy || !isMade) return undefined;
  const mirrors = vars.containerd_mirrors
    .filter((mirror) => mirror.registry === registry || mirror.registry === "_default")
    .flatMap(({ endpoints }) => endpoints);
  const own = vars.images_registry === "" ? [] : [urlOf(vars.images_registry)];
  const places = [...new Set([...own, ...mirrors.map((endpoint) => endpoint.replace(/\/+$/, ""))])];
  return [...places.map((place) => `${place}/v2/${repository}/tags/list`), `https://${registry}/v2/`];
}

/** A registry that requires authentication may have the image. */
const answers = async (url: string): Promise<boolean> => {
  try {
    const { status } = await proxiedFetch(url, { signal: AbortSignal.timeout(patience) });
    return status === 200 || status === 401 || status === 403;
  } catch {
    return false;
  }
};

const separator = " ";
const anywhere = defineQuery<boolean>({
  kind: "Envoy's image",
  get: async (keys) =>
    new Map(
      await Promise.all(
        keys.map(async (key) => [key, (await Promise.all(key.split(separator).map(answers))).some(Boolean)] as const),
      ),
    ),
});

/** Whether one of the sources has the image, as far as the controller can tell. */
export const envoyImage = (sources: readonly string[]) => anywhere(sources.join(separator));
