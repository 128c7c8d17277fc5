import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineQuery, type Query } from "kubeplay";
import { ApiAgent } from "#kubernetes/api/agent.ts";
import { field } from "#kubernetes/api/answers.ts";
import { askServer, NoAnswer, type Heard } from "#kubernetes/api/request.ts";
import { readKubeconfig, renderKubeconfig, type Kubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { deprecatedIn, type DeprecatedApi } from "./deprecated-apis.ts";
import { withReachableServer } from "./reachable-server.ts";

/** A node as the API has it. */
export interface RunningNode {
  readonly name: string;
  /** Its kubelet's, such as "v1.37.2"; "" if it never ran. */
  readonly version: string;
  /** Its container runtime with its version, such as "containerd://2.4.2"; "" if it never ran. */
  readonly runtime: string;
  /** In the cluster's own network: its InternalIPs. */
  readonly addresses: readonly string[];
}

/** The cluster as its API describes it. */
export interface RunningCluster {
  /** The version of each API server that answers, by its URL: "v1.37.2". */
  readonly servers: Readonly<Record<string, string>>;
  readonly nodes: readonly RunningNode[];
}

/** How to ask it. */
export interface ClusterQuestion {
  /** On the controller; without this file there is no cluster to ask. */
  readonly kubeconfig: string;
  readonly servers: readonly string[];
}

/** Milliseconds, all short and never repeated: a run must be able to repair an API that does not answer. */
const timeouts = { connect: 3000, handshake: 3000, answer: 5000 };

/** Undefined if the server gives no answer, or refuses. */
async function get(config: Kubeconfig, agent: ApiAgent, server: string, of: string): Promise<Heard | undefined> {
  try {
    const answer = await askServer(server, config, { agent, timeouts }, { method: "GET", path: of });
    return answer.status === 200 ? answer : undefined;
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}

/** Undefined if there is no usable one: the task that writes it reports what is wrong. */
async function kubeconfigIn(file: string): Promise<Kubeconfig | undefined> {
  try {
    return readKubeconfig(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const listIn = (value: unknown, name: string): readonly unknown[] => {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
};

const nodesIn = (body: unknown): RunningNode[] =>
  listIn(body, "items").map((item) => {
    const status = field(item, "status");
    return {
      name: text(field(field(item, "metadata"), "name")),
      version: text(field(field(status, "nodeInfo"), "kubeletVersion")),
      runtime: text(field(field(status, "nodeInfo"), "containerRuntimeVersion")),
      addresses: listIn(status, "addresses")
        .filter((address) => field(address, "type") === "InternalIP")
        .map((address) => text(field(address, "address"))),
    };
  });

async function look({ kubeconfig, servers }: ClusterQuestion): Promise<RunningCluster | undefined> {
  const config = await kubeconfigIn(kubeconfig);
  if (!config) return undefined;
  const agent = new ApiAgent({ keepAlive: true });
  try {
    const asked = servers.map(async (server) => [server, await get(config, agent, server, "/version")] as const);
    const versions = (await Promise.all(asked)).flatMap(([server, answer]) =>
      answer ? [[server, text(field(answer.body, "gitVersion"))] as const] : [],
    );
    const [first] = versions;
    const nodes = first && (await get(config, agent, first[0], "/api/v1/nodes"));
    return nodes ? { servers: Object.fromEntries(versions), nodes: nodesIn(nodes.body) } : undefined;
  } finally {
    agent.destroy();
  }
}

const of = defineQuery<RunningCluster | undefined>({
  kind: "running cluster",
  get: async (keys) =>
    new Map(await Promise.all(keys.map(async (key) => [key, await look(JSON.parse(key) as ClusterQuestion)] as const))),
});

/** The body that each server gives for a path of the API, as far as they answer. Undefined if there is no kubeconfig. */
async function bodies({ kubeconfig, servers }: ClusterQuestion, of: string): Promise<readonly unknown[] | undefined> {
  const config = await kubeconfigIn(kubeconfig);
  if (!config) return undefined;
  const agent = new ApiAgent();
  try {
    const answers = await Promise.all(servers.map((server) => get(config, agent, server, of)));
    return answers.flatMap((answer) => (answer ? [answer.body] : []));
  } finally {
    agent.destroy();
  }
}

const ofMetrics = defineQuery<readonly DeprecatedApi[] | undefined>({
  kind: "deprecated APIs",
  get: async (keys) =>
    new Map(
      await Promise.all(
        keys.map(async (key) => {
          const texts = await bodies(JSON.parse(key) as ClusterQuestion, "/metrics");
          return [key, texts?.flatMap((metrics) => deprecatedIn(text(metrics)))] as const;
        }),
      ),
    ),
});

/** The deprecated APIs that clients have used since the API servers started; undefined without a cluster to ask. */
export const deprecatedApis = (question: ClusterQuestion): Query<readonly DeprecatedApi[] | undefined> =>
  ofMetrics(JSON.stringify(question));

const imagesIn = (body: unknown): string[] =>
  listIn(body, "items").flatMap((item) =>
    listIn(field(item, "status"), "images").flatMap((image) => listIn(image, "names").map(text)),
  );

async function lookForImages({ kubeconfig, servers }: ClusterQuestion): Promise<readonly string[]> {
  const config = await kubeconfigIn(kubeconfig);
  if (!config) return [];
  const agent = new ApiAgent();
  try {
    const nodes = servers.map(async (server) => {
      const answer = await get(config, agent, server, "/api/v1/nodes");
      if (!answer) throw new Error(server);
      return imagesIn(answer.body);
    });
    return await Promise.any(nodes).catch(() => []);
  } finally {
    agent.destroy();
  }
}

/** Milliseconds for which an answer serves the other hosts of a run, which ask the same at the same time. */
const shared = 10_000;
const asked = new Map<string, { readonly since: number; readonly answer: Promise<readonly string[]> }>();

const ofNodes = defineQuery<readonly string[]>({
  kind: "images of nodes",
  get: async (keys) =>
    new Map(
      await Promise.all(
        keys.map(async (key) => {
          const known = asked.get(key);
          if (known && Date.now() - known.since < shared) return [key, await known.answer] as const;
          const answer = lookForImages(JSON.parse(key) as ClusterQuestion);
          asked.set(key, { since: Date.now(), answer });
          return [key, await answer] as const;
        }),
      ),
    ),
});

/**
 * The names of all images that some node has: "registry.k8s.io/pause:3.10.2", "quay.io/cilium/cilium@sha256:…". Empty
 * if there is no cluster, or if its API does not answer.
 */
export const imagesOfNodes = (question: ClusterQuestion): Query<readonly string[]> => ofNodes(JSON.stringify(question));

/** The cluster that runs already; undefined if there is none, or if its API does not answer. */
export const runningCluster = (question: ClusterQuestion): Query<RunningCluster | undefined> =>
  of(JSON.stringify(question));

/**
 * Calls `use` with a kubeconfig for a server that is ready, for programs that ask one server only. The file is the
 * cluster's own if its server is, or none is, and the controller reaches that directly; otherwise a copy that is removed
 * afterwards.
 */
export async function withAnsweringServer<T>(
  question: ClusterQuestion,
  use: (kubeconfig: string) => Promise<T>,
): Promise<T> {
  const { kubeconfig } = question;
  const answering = await answeringServer(question);
  if (!answering) return use(kubeconfig);
  const { config } = answering;
  return withReachableServer(answering.server, async ({ url: server, ...name }) => {
    if (server === config.server) return use(kubeconfig);
    const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-kubeconfig-"));
    try {
      const copy = path.join(folder, "kubeconfig");
      await writeFile(copy, renderKubeconfig({ ...config, ...name, server }), { mode: 0o600 });
      return await use(copy);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/**
 * The kubeconfig, and the URL of a server that is ready: its own if that one is ready, or none is, as then its own error
 * is the best one. Undefined if there is no usable kubeconfig.
 */
export async function answeringServer({
  kubeconfig,
  servers,
}: ClusterQuestion): Promise<{ readonly config: Kubeconfig; readonly server: string } | undefined> {
  const config = await kubeconfigIn(kubeconfig);
  return config && { config, server: (await firstReady(config, [config.server, ...servers])) ?? config.server };
}

/** The first server of the list if it is ready; otherwise whichever says so first. A server that hangs accepts connections, too. */
async function firstReady(config: Kubeconfig, servers: readonly string[]): Promise<string | undefined> {
  const agent = new ApiAgent();
  const ask = async (server: string): Promise<string> => {
    if (await get(config, agent, server, "/readyz")) return server;
    throw new Error(server);
  };
  try {
    const [first = "", ...others] = servers;
    return await ask(first).catch(() => Promise.any(others.map(ask)));
  } catch {
    return undefined;
  } finally {
    agent.destroy();
  }
}
