import { Agent, request } from "node:https";
import type { Kubeconfig } from "../kubeconfig/format.ts";
import type { Answer, Content } from "./answers.ts";
import { passingCodes } from "./transient.ts";

/** Milliseconds. */
export interface Timeouts {
  /** For a server to accept the connection. */
  readonly connect: number;
  /** For the TLS handshake after that; the same as in Go's clients. */
  readonly handshake: number;
  /** Without a byte of an answer. kube-apiserver itself ends requests after 60 s (--request-timeout). */
  readonly answer: number;
}
export const usualTimeouts: Timeouts = { connect: 3000, handshake: 10_000, answer: 65_000 };

export interface Heard extends Answer {
  /** Seconds until the next try, as the server asks. */
  readonly retryAfter?: number;
}

/** A request got no complete answer. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
  /** Whether another try may succeed. */
  readonly passes: boolean;
  /** Whether the server accepted the connection. */
  readonly connected: boolean;
  /** Whether a connected server took too long. */
  readonly isLate: boolean;

  constructor(error: Error, { connected, isLate }: { readonly connected: boolean; readonly isLate: boolean }) {
    const code = "code" in error && typeof error.code === "string" ? error.code : "";
    super(error.message || code || error.name, { cause: error });
    this.passes = isLate || passingCodes.has(code);
    this.connected = connected;
    this.isLate = isLate && connected;
  }
}

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly content?: Content | undefined;
  /** The form of the answer: any JSON, if absent. */
  readonly accept?: string;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** Asks one server once, as the kubeconfig's user. Rejects with NoAnswer. */
export function askServer(
  server: string,
  { ca, certificate, key }: Kubeconfig,
  { agent, timeouts }: { readonly agent: Agent; readonly timeouts: Timeouts },
  { method, path, content, accept = "application/json", signal }: Question,
): Promise<Heard> {
  const body = content && JSON.stringify(content.body);
  const headers = {
    accept,
    ...(content && { "content-type": content.type, "content-length": Buffer.byteLength(body ?? "") }),
  };
  return new Promise((resolve, reject) => {
    let connected = false;
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const options = { method, agent, ca, cert: certificate, key, headers, ...(signal && { signal }) };
    const sent = request(new URL(path, server), options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", failed);
      response.on("end", () => {
        const retryAfter = Number(response.headers["retry-after"]);
        resolve({
          status: response.statusCode ?? 0,
          body: json(Buffer.concat(chunks).toString("utf8")),
          ...(retryAfter > 0 && { retryAfter }),
        });
      });
    });
    const failed = (error: Error): void => reject(new NoAnswer(error, { connected, isLate }));
    const late = (why: string): void => {
      isLate = true;
      sent.destroy(new Error(why));
    };
    // Timeouts start when the request gets a socket: before that it only waits in the queue.
    sent.on("socket", (socket) => {
      connected = !socket.connecting;
      if (connected) return;
      timer = setTimeout(() => late("does not answer"), timeouts.connect);
      socket.once("connect", () => {
        connected = true;
        clearTimeout(timer);
        timer = setTimeout(() => late("accepted the connection but does not speak TLS"), timeouts.handshake);
      });
      socket.once("secureConnect", () => clearTimeout(timer));
    });
    sent.setTimeout(timeouts.answer, () => late("accepted the request but did not answer"));
    sent.on("error", failed);
    sent.on("close", () => clearTimeout(timer));
    sent.end(body);
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
