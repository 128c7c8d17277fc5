import { TaskError } from "#engine/errors.ts";
import type { Kubeconfig } from "../kubeconfig/format.ts";
import { givenUp, reasonOf, type Answer, type Api, type AskOptions, type Content } from "./answers.ts";
import { ApiAgent } from "./agent.ts";
import { ApiLoad } from "./load.ts";
import { askServer, NoAnswer, usualTimeouts, type Heard, type Timeouts } from "./request.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { sleepUnless } from "#engine/tasks/sleep-unless.ts";
import { Patience, pauseBefore } from "./patience.ts";
import { isOfServer, isTooBusy, passes } from "./transient.ts";

/** No API server answered before retries ended. */
export class ApiUnreachable extends TaskError {
  override name = "ApiUnreachable";
  override readonly transient: boolean;

  constructor(message: string, transient: boolean) {
    super(message);
    this.transient = transient;
  }
}

export interface ClientOptions {
  /** Seconds without a successful request after which retries end. */
  readonly patience?: number;
  readonly timeouts?: Timeouts;
  /** Milliseconds after which a wait is reported, and after which stopping the run aborts a request. */
  readonly quiet?: number;
}

const usual = { patience: 120, timeouts: usualTimeouts, quiet: 10_000 };

/** The result of a failed try. */
interface Failure {
  readonly why: string;
  readonly answer?: Heard;
  readonly passes: boolean;
  /** No server accepted a connection. */
  readonly nobody: boolean;
}

// Not the official client: it drops fields that its own version does not know, and its HTTP library needs a newer Node.
/** Asks the API as one user. Transient failures (see transient.ts) are retried; all other answers are returned. */
export class KubernetesApi implements Api {
  readonly #config: Kubeconfig;
  readonly #o: Required<ClientOptions>;
  readonly #patience: Patience;
  readonly #agent: ApiAgent;
  readonly #load = new ApiLoad();
  readonly #listeners = new Set<WaitOptions>();
  /** The server that answered last comes first. */
  #servers: readonly string[];
  #wasReached = false;

  constructor(config: Kubeconfig, servers: readonly string[], options: ClientOptions = {}) {
    this.#config = config;
    this.#servers = [config.server, ...servers.filter((server) => server !== config.server)];
    this.#o = { ...usual, ...options };
    this.#patience = new Patience(this.#o.patience);
    this.#agent = new ApiAgent({ keepAlive: true, timeout: this.#o.timeouts.answer });
  }

  /** Does the work and reports waits for the API to `wait`. If the run stops, waiting ends with an error. */
  async during<T>(wait: WaitOptions | undefined, work: () => Promise<T>): Promise<T> {
    if (wait) this.#listeners.add(wait);
    try {
      return await work();
    } finally {
      if (wait) this.#listeners.delete(wait);
    }
  }

  /**
   * Throws ApiUnreachable if no server answers. A read is not retried if no server accepts connections and none has
   * answered in this run: the API does not exist yet, and check mode on bare hosts must learn this at once. Writes, and
   * all requests after a first answer, are retried.
   */
  ask(method: string, path: string, content?: Content, options: AskOptions = {}): Promise<Answer> {
    return this.#patience.while(() => this.#ask(method, path, content, options));
  }

  async #ask(method: string, path: string, content: Content | undefined, options: AskOptions): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      const { began, found } = await this.#load.run(() => this.#try(method, path, content, options));
      if ("status" in found) return found;
      if (!found.passes || (found.nobody && method === "GET" && !this.#wasReached)) throw unreachable(found);
      const { tried, left } = this.#patience.failed(began);
      if (left === 0) {
        if (found.answer) return { status: found.answer.status, body: found.answer.body, tried: tried / 1000 };
        throw unreachable(found, tried);
      }
      if (tried >= this.#o.quiet) this.#tell(tried, found.why);
      // The last try is at the end of the time limit, not after it.
      const pause = Math.min(pauseBefore(tries, found.answer?.retryAfter), left);
      if (!(await sleepUnless(() => this.#isStopping(), pause))) throw unreachable(found, tried);
    }
  }

  async #try(method: string, path: string, content: Content | undefined, { alsoPasses, neverPasses }: AskOptions) {
    const began = Date.now();
    const found = await this.#anywhere(method, path, content);
    if (!("status" in found)) return { began, found };
    this.#wasReached = true;
    if (neverPasses?.(found) || !(passes(method, found) || alsoPasses?.(found))) {
      this.#patience.succeeded();
      this.#load.succeeded();
      return { began, found: { status: found.status, body: found.body } };
    }
    if (isTooBusy(found)) this.#load.tookTooLong();
    const [server = "", ...others] = this.#servers;
    if (isOfServer(found)) this.#servers = [...others, server];
    const why = `${method} ${path.split("?")[0] ?? ""}: ${reasonOf(found)}`;
    return { began, found: { why, answer: found, passes: true, nobody: false } };
  }

  /** Returns the first answer of any server. */
  async #anywhere(method: string, path: string, content: Content | undefined): Promise<Heard | Failure> {
    const failures: NoAnswer[] = [];
    const whys: string[] = [];
    for (const server of this.#servers)
      try {
        const answer = await this.#once(server, method, path, content);
        if (failures.length > 0) this.#servers = [server, ...this.#servers.filter((other) => other !== server)];
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (error.isLate) this.#load.tookTooLong();
        failures.push(error);
        whys.push(`${server}: ${error.message}`);
      }
    return {
      why: `no API server answers (${whys.join("; ")})`,
      passes: !this.#isStopping() && failures.some((failure) => failure.passes),
      nobody: failures.every(({ connected }) => !connected),
    };
  }

  async #once(server: string, method: string, path: string, content: Content | undefined): Promise<Heard> {
    const began = Date.now();
    const given = new AbortController();
    const timer = setInterval(() => {
      const waited = Date.now() - began;
      if (waited < this.#o.quiet) return;
      this.#tell(waited, `${server} has not answered ${method} ${path.split("?")[0] ?? ""} yet`);
      if (this.#isStopping()) given.abort();
    }, 500);
    try {
      const transport = { agent: this.#agent, timeouts: this.#o.timeouts };
      return await askServer(server, this.#config, transport, { method, path, content, signal: given.signal });
    } finally {
      clearInterval(timer);
    }
  }

  #tell(milliseconds: number, why: string): void {
    const seconds = String(Math.round(milliseconds / 1000));
    const line = `waiting for the Kubernetes API (${seconds} of ${String(this.#o.patience)} s): ${why}`;
    for (const { progress } of this.#listeners) progress(line);
  }

  #isStopping(): boolean {
    return [...this.#listeners].some(({ stopping }) => stopping());
  }
}

const unreachable = ({ why, passes }: Failure, tried?: number): ApiUnreachable =>
  new ApiUnreachable(
    tried === undefined
      ? `${why}. Are the masters up, and is kube-apiserver running on them?`
      : `${why}: ${givenUp(tried / 1000)}`,
    passes,
  );
