import { existsSync, readFileSync } from "node:fs";
import type { Inventory } from "kubeplay";
import { apiserversOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { ApiAgent } from "#kubernetes/api/agent.ts";
import { askServer, NoAnswer } from "#kubernetes/api/request.ts";
import { readKubeconfig, type Kubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { text } from "./objects.ts";

/** Milliseconds. A server that hangs must not hold up the rest. */
const timeouts = { connect: 3000, handshake: 5000, answer: 20_000 };

/** One API server. */
export interface Server {
  readonly url: string;
  /** HTTP status of /readyz; 0 if the server gave no answer. */
  readonly status: number;
  /** The text of the answer, or why there was none. */
  readonly text: string;
  /** "v1.37.2"; empty if it gave none. */
  readonly version: string;
}

/** A path of the API to read. */
export interface ApiPath {
  readonly path: string;
  /** Without what the objects hold: names, labels and owners, but for example no data of Secrets. */
  readonly metadataOnly?: boolean;
}

/** Why the API was not asked. */
export interface ApiTrouble {
  readonly problem: string;
  readonly cause?: string;
  readonly remedy: string;
}

export interface AskedApi {
  readonly servers: readonly Server[];
  /** The parsed answers by their paths; undefined if the API gave none, or refused. */
  readonly bodies: ReadonlyMap<string, unknown>;
  readonly trouble?: ApiTrouble;
}

export interface ApiToAsk {
  readonly inventory: Inventory;
  readonly vars: { readonly cluster_name: string; readonly kube_apiserver_port: number };
}

/** Reads each path once, from the first API server that is ready, as super-admin. Changes nothing. */
export async function askApi({ vars, inventory }: ApiToAsk, paths: readonly ApiPath[]): Promise<AskedApi> {
  const file = kubeconfigPath(vars.cluster_name, "super-admin");
  const none = { servers: [], bodies: new Map<string, unknown>() };
  if (!existsSync(file))
    return {
      ...none,
      trouble: {
        problem: `the controller has no ${file}, so the API was not asked`,
        remedy: "play site, or run this on the controller",
      },
    };
  const agent = new ApiAgent({ keepAlive: true, maxSockets: 10 });
  try {
    const config = readKubeconfig(readFileSync(file, "utf8"));
    const urls = apiserversOf(inventory, vars.kube_apiserver_port);
    const servers = await Promise.all(urls.map((url) => serverAt(url, config, agent)));
    const best = servers.find(({ status }) => status === 200) ?? servers.find(({ status }) => status > 0);
    if (!best)
      return {
        ...none,
        servers,
        trouble: {
          problem: "no API server answers, so nothing in the cluster was checked",
          cause: servers.map(({ url, text: said }) => `${url}: ${said}`).join("; "),
          remedy: "start kube-apiserver and etcd",
        },
      };
    const bodies = await Promise.all(
      paths.map(async (one) => [one.path, await bodyAt(best.url, config, agent, one)] as const),
    );
    return { servers, bodies: new Map(bodies) };
  } finally {
    agent.destroy();
  }
}

async function serverAt(url: string, config: Kubeconfig, agent: ApiAgent): Promise<Server> {
  const ask = (path: string) => askServer(url, config, { agent, timeouts }, { method: "GET", path });
  try {
    const [ready, version] = await Promise.all([ask("/readyz?verbose"), ask("/version")]);
    return {
      url,
      status: ready.status,
      text: typeof ready.body === "string" ? ready.body : text(ready.body, "message"),
      version: text(version.body, "gitVersion"),
    };
  } catch (error) {
    if (error instanceof NoAnswer) return { url, status: 0, text: error.message, version: "" };
    throw error;
  }
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

async function bodyAt(
  url: string,
  config: Kubeconfig,
  agent: ApiAgent,
  { path, metadataOnly = false }: ApiPath,
): Promise<unknown> {
  const question = { method: "GET", path, ...(metadataOnly && { accept: metadata }) };
  try {
    const { status, body } = await askServer(url, config, { agent, timeouts }, question);
    return status === 200 ? body : undefined;
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}
