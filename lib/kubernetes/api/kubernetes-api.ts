import { prop } from "#engine/tasks/properties.ts";
import { readFile } from "node:fs/promises";
import { TaskError } from "#engine/errors.ts";
import { readKubeconfig } from "../kubeconfig/format.ts";
import type { Api } from "./answers.ts";
import { ApiUnreachable, KubernetesApi } from "./client.ts";
import type { WaitOptions } from "#engine/queries/define.ts";

/**
 * How the controller reaches one cluster's API.
 *
 * @example
 * const access: ApiAccess = { kubeconfig: "/root/.kube/config", servers: ["https://10.0.0.12:6443"], patience: 60 };
 */
export interface ApiAccess {
  /** A kubeconfig file on the controller, with all certificates and keys embedded. */
  readonly kubeconfig: string;
  /** https://host:port of other servers of the same API, asked if the kubeconfig's server does not answer. */
  readonly servers?: readonly string[];
  /** Seconds without a successful request after which retries end; 120 by default. */
  readonly patience?: number;
}

export const accessRules = {
  kubeconfig: prop.text,
  servers: prop.optional(prop.listOf(prop.text)),
  patience: prop.optional(prop.number),
};

/** Picks the API access out of larger props. */
export const accessIn = ({ kubeconfig, servers = [], patience }: ApiAccess): ApiAccess => ({
  kubeconfig,
  servers,
  ...(patience !== undefined && { patience }),
});

/** One client per kubeconfig content, so that connections are reused. */
const known = new Map<string, KubernetesApi>();

/** Why the API cannot be asked, and the remedy. */
export const noKubeconfig = (file: string): string =>
  `there is no ${file} on this controller: run site here first, or copy the folder from the controller that made the cluster`;

export interface Unreachable {
  readonly type: "unreachable";
  /** The cause and the remedy. */
  readonly why: string;
  /** Whether it may become reachable without any change. */
  readonly transient: boolean;
}

/** Returns the result of `ask`, or why the API is unreachable. */
export async function askApi<T>(
  access: ApiAccess,
  wait: WaitOptions | undefined,
  ask: (api: Api) => Promise<T>,
): Promise<T | Unreachable> {
  const api = await kubernetesApi(access);
  if (!api) return { type: "unreachable", why: noKubeconfig(access.kubeconfig), transient: false };
  try {
    return await api.during(wait, () => ask(api));
  } catch (error) {
    if (error instanceof ApiUnreachable) return { type: "unreachable", why: error.message, transient: error.transient };
    throw error;
  }
}

/**
 * Calls `use` with the API, for a step on the controller. Throws TaskError if the kubeconfig is missing or unusable, or
 * if no server answers.
 *
 * @example
 * apply: (_found, _now, p) => [
 *   { onController: (progress, stopping) => useApi(p, { progress, stopping }, (api) => cordon(api, p.node)) },
 * ],
 */
export async function useApi<T>(access: ApiAccess, wait: WaitOptions, use: (api: Api) => Promise<T>): Promise<T> {
  const api = await kubernetesApi(access);
  if (!api) throw new TaskError(noKubeconfig(access.kubeconfig));
  return api.during(wait, () => use(api));
}

/**
 * Returns a client for the API; undefined if the kubeconfig does not exist (yet). Throws TaskError if the kubeconfig is
 * unreadable or unusable.
 *
 * @example
 * const api = await kubernetesApi({ kubeconfig });
 * const answer = await api?.ask("GET", "/version");
 */
export async function kubernetesApi(access: ApiAccess): Promise<KubernetesApi | undefined> {
  const { kubeconfig } = access;
  let text: string;
  try {
    text = await readFile(kubeconfig, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new TaskError(`${kubeconfig} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const id = JSON.stringify([text, access.servers, access.patience]);
  const api = known.get(id) ?? connect(access, text);
  known.set(id, api);
  return api;
}

function connect({ kubeconfig, servers = [], patience }: ApiAccess, text: string): KubernetesApi {
  try {
    return new KubernetesApi(readKubeconfig(text), servers, patience === undefined ? {} : { patience });
  } catch (error) {
    throw new TaskError(`${kubeconfig}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
