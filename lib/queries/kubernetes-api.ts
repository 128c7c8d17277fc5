import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskError } from "../errors.ts";
import type { Answer, Api, Content } from "./api.ts";
import { readKubeconfig, type Kubeconfig } from "../pki/kubeconfig.ts";

/** How the controller reaches one cluster's API. */
export interface ApiAccess {
  /** A file on the controller with everything embedded. */
  readonly kubeconfig: string;
  /** https://host:port of other servers of the same API: asked where the kubeconfig's own does not answer. */
  readonly servers?: readonly string[];
}

/** No server took the connection. */
export class ApiUnreachable extends TaskError {
  override name = "ApiUnreachable";
}

/** Milliseconds: to be connected, and for the whole answer. */
const connectPatience = 3000;
const answerPatience = 30_000;
/** Connections at once: many objects are asked for together. */
const connections = 8;

/** So often is asked in all where the answer is "later", as Kubernetes' own clients do; and so many seconds are waited at most. */
const tries = 10;
const longestWait = 5;

interface Heard extends Answer {
  /** Seconds. */
  readonly later?: number;
}

function laterOf(status: number, header: string | undefined): number | undefined {
  const seconds = Number(header);
  return (status === 429 || status >= 500) && header !== undefined && Number.isFinite(seconds)
    ? Math.min(seconds, longestWait)
    : undefined;
}

// The official client does more than is needed here (it drops fields that its own version does not know), and its HTTP
// library needs a newer Node than this project does.
export class KubernetesApi implements Api {
  readonly #config: Kubeconfig;
  readonly #agent: Agent;
  /** The one that answered last comes first. */
  #servers: readonly string[];

  constructor(config: Kubeconfig, servers: readonly string[]) {
    this.#config = config;
    this.#servers = [config.server, ...servers.filter((server) => server !== config.server)];
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: answerPatience });
  }

  /** Throws ApiUnreachable where no server gives one. A server that asks for a later try, as one that starts does, gets it. */
  async ask(method: string, path: string, content?: Content): Promise<Answer> {
    for (let left = tries - 1; ; left--) {
      const { later, ...answer } = await this.#anywhere(method, path, content);
      if (later === undefined || left === 0) return answer;
      await sleep(later * 1000);
    }
  }

  async #anywhere(method: string, path: string, content?: Content): Promise<Heard> {
    const refused: string[] = [];
    for (const server of this.#servers)
      try {
        const answer = await this.#once(server, method, path, content);
        if (refused.length > 0) this.#servers = [server, ...this.#servers.filter((other) => other !== server)];
        return answer;
      } catch (error) {
        refused.push(`${server}: ${error instanceof Error ? error.message || codeOf(error) : String(error)}`);
      }
    throw new ApiUnreachable(`no API server answers (${refused.join("; ")})`);
  }

  #once(server: string, method: string, path: string, content?: Content): Promise<Heard> {
    const { ca, certificate, key } = this.#config;
    const body = content && JSON.stringify(content.body);
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, server),
        {
          method,
          agent: this.#agent,
          ca,
          cert: certificate,
          key,
          headers: {
            accept: "application/json",
            ...(content && { "content-type": content.type, "content-length": Buffer.byteLength(body ?? "") }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const status = response.statusCode ?? 0;
            const later = laterOf(status, response.headers["retry-after"]);
            const body = json(Buffer.concat(chunks).toString("utf8"));
            resolve({ status, body, ...(later !== undefined && { later }) });
          });
        },
      );
      // From when it has a socket: before that it only waits for its turn.
      let connecting: NodeJS.Timeout | undefined;
      sent.on("socket", (socket) => {
        if (!socket.connecting) return;
        connecting = setTimeout(() => sent.destroy(new Error("does not answer")), connectPatience);
        socket.once("secureConnect", () => clearTimeout(connecting));
      });
      sent.setTimeout(answerPatience, () => sent.destroy(new Error("took the request and gave no answer")));
      sent.on("error", reject);
      sent.on("close", () => clearTimeout(connecting));
      sent.end(body);
    });
  }
}

const codeOf = (error: Error): string => ("code" in error && typeof error.code === "string" ? error.code : error.name);

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One a kubeconfig's content, so that connections are kept between questions. */
const known = new Map<string, KubernetesApi>();

/** Why the API cannot be asked, and what to do. */
export const noKubeconfig = (file: string): string =>
  `there is no ${file} on this machine: play site from here first, or bring the folder from the machine that made the cluster`;
const nobodyAnswers = ({ message }: ApiUnreachable): string =>
  `${message}. Do the masters run, and does kube-apiserver on them?`;

export interface Unreachable {
  readonly type: "unreachable";
  /** And what to do. */
  readonly why: string;
}

/** What an API answers, or why it cannot be asked. */
export async function askApi<T>(access: ApiAccess, ask: (api: Api) => Promise<T>): Promise<T | Unreachable> {
  const api = await kubernetesApi(access);
  if (!api) return { type: "unreachable", why: noKubeconfig(access.kubeconfig) };
  try {
    return await ask(api);
  } catch (error) {
    if (error instanceof ApiUnreachable) return { type: "unreachable", why: nobodyAnswers(error) };
    throw error;
  }
}

/** Undefined where the kubeconfig is not there (yet). */
export async function kubernetesApi({ kubeconfig, servers = [] }: ApiAccess): Promise<KubernetesApi | undefined> {
  let text: string;
  try {
    text = await readFile(kubeconfig, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new TaskError(`${kubeconfig} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const id = JSON.stringify([text, servers]);
  const api = known.get(id) ?? connect(kubeconfig, text, servers);
  known.set(id, api);
  return api;
}

function connect(file: string, text: string, servers: readonly string[]): KubernetesApi {
  try {
    return new KubernetesApi(readKubeconfig(text), servers);
  } catch (error) {
    throw new TaskError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
