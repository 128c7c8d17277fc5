import { readFile } from "node:fs/promises";
import { TaskError } from "#engine/errors.ts";
import { readKubeconfig } from "../kubeconfig/format.ts";
import type { Api } from "./answers.ts";
import { ApiUnreachable, KubernetesApi } from "./client.ts";
import type { WaitOptions } from "#engine/queries/define.ts";

/** How the controller reaches one cluster's API. */
export interface ApiAccess {
  /** A file on the controller with everything embedded. */
  readonly kubeconfig: string;
  /** https://host:port of other servers of the same API: asked where the kubeconfig's own does not answer. */
  readonly servers?: readonly string[];
  /** Seconds without any success after which it is given up; 120 by default. */
  readonly patience?: number;
}

/** The access alone, of props that have more. */
export const accessIn = ({ kubeconfig, servers = [], patience }: ApiAccess): ApiAccess => ({
  kubeconfig,
  servers,
  ...(patience !== undefined && { patience }),
});

/** One a kubeconfig's content, so that connections are kept between questions. */
const known = new Map<string, KubernetesApi>();

/** Why the API cannot be asked, and what to do. */
export const noKubeconfig = (file: string): string =>
  `there is no ${file} on this machine: play site from here first, or bring the folder from the machine that made the cluster`;

export interface Unreachable {
  readonly type: "unreachable";
  /** And what to do. */
  readonly why: string;
  /** It may be reached at another time, without anybody changing anything. */
  readonly transient: boolean;
}

/** What an API answers, or why it cannot be asked. */
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

/** For a step on the controller: an API that cannot be asked is an error. */
export async function useApi<T>(access: ApiAccess, wait: WaitOptions, use: (api: Api) => Promise<T>): Promise<T> {
  const api = await kubernetesApi(access);
  if (!api) throw new TaskError(noKubeconfig(access.kubeconfig));
  return api.during(wait, () => use(api));
}

/** Undefined where the kubeconfig is not there (yet). */
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
