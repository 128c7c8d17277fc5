import { Agent, request } from "node:https";

/** Milliseconds for a whole request. */
const limit = 5000;

export interface Target {
  /** https://host:port */
  readonly server: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** One request to an API server. Resolves to the answer's status, or to why there was none. */
export const ask = (
  { server, ca, certificate, key }: Target,
  agent: Agent | false,
  method: string,
  path: string,
  body?: unknown,
): Promise<number | string> =>
  new Promise((resolve) => {
    const fail = (error: Error & { code?: string }): void => resolve(error.code ?? error.message);
    const sent = request(
      new URL(path, server),
      {
        ...{ method, ca, cert: certificate, key, agent: agent || new Agent({ keepAlive: false }) },
        headers: body === undefined ? {} : { "content-type": "application/json" },
        signal: AbortSignal.timeout(limit),
      },
      (answer) => {
        answer.on("error", fail);
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.resume();
      },
    );
    sent.on("error", fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
