import net from "node:net";
import type { Duplex } from "node:stream";
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { UnreachableError } from "../errors.ts";
import { again } from "./again.ts";
import type { Endpoint } from "./endpoint.ts";
import { algorithmsOf, HostKeyError, objection } from "./host-key.ts";
import { knownKeys, knownName, usualFiles } from "./known-hosts.ts";
import { loginOf } from "./login.ts";
import { proxyOf } from "./proxy-command.ts";
import { refusalOf } from "./refusal.ts";
import type { Target } from "./types.ts";

/** Logs in at an endpoint, with retries for transient errors. Rejects with UnreachableError. */
export async function logIn(target: Target, endpoint: Endpoint, through: Client | undefined): Promise<Client> {
  try {
    return await again(
      () => connectOnce(target, endpoint, through),
      (error) => refusalOf(target, endpoint, error).retry,
      target.retryTimeout,
    );
  } catch (error) {
    const { message, final = false } = refusalOf(target, endpoint, error);
    throw new UnreachableError(target.name, message, { cause: error, final });
  }
}

/** Why an established connection was lost, as far as its client knows. */
export const lostBecause = new WeakMap<Client, string>();

async function connectOnce(target: Target, endpoint: Endpoint, through: Client | undefined): Promise<Client> {
  const files = endpoint.knownHostsFiles.length > 0 ? endpoint.knownHostsFiles : usualFiles();
  const known = knownKeys(files, endpoint.hostKeyAlias ?? knownName(endpoint.address, endpoint.port));
  const login = loginOf(target, endpoint);
  let distrusted: string | undefined;
  const socket = await socketTo(endpoint, through, target.connectTimeout);
  const config: ConnectConfig = {
    username: endpoint.user,
    readyTimeout: target.connectTimeout * 1000,
    keepaliveInterval: 15_000,
    keepaliveCountMax: 3,
    authHandler: login.handler,
    algorithms: {
      cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr"],
      ...(known.length > 0 && { serverHostKey: algorithmsOf(known) }),
    },
    hostVerifier: (key: Buffer) => {
      if (!target.hostKeyChecking) return true;
      distrusted = objection(target, key, known, endpoint, files);
      return distrusted === undefined;
    },
    sock: socket,
  };
  // ssh2 takes a socket that is not connecting for a connected one.
  if (socket instanceof net.Socket) socket.connect({ host: endpoint.address, port: endpoint.port });
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let connected = false;
    let words = linesBeforeGreeting(socket);
    const refuse = (error: Error): void => {
      const unanswered = login.unanswered();
      const details = { connected, words: words(), ...(unanswered !== undefined && { unanswered }) };
      reject(distrusted === undefined ? Object.assign(error, details) : new HostKeyError(distrusted));
    };
    client
      .once("connect", () => (connected = true))
      .once("ready", () => {
        client.setNoDelay(true);
        resolve(client);
      })
      .on("banner", (text) => (words = () => text))
      .on("change password", (question) => {
        words = () => question;
        refuse(new Error("the password has expired"));
        client.end();
      })
      // There may be several errors: one is an agent that does not answer, after which the next way to log in is tried.
      // An error after "ready" says why the connection is lost.
      .on("error", (error: Error & { readonly level?: string }) => {
        if (error.level === "agent") return;
        lostBecause.set(client, error.message);
        refuse(error);
      })
      .once("close", () => refuse(new Error("closed before the handshake")))
      .connect(config);
  });
}

/** What the connection travels over: a channel of the hop before it, a command, or a socket that has yet to connect. */
function socketTo(endpoint: Endpoint, through: Client | undefined, seconds: number): Duplex | Promise<Duplex> {
  if (through) return forward(through, endpoint, seconds);
  return endpoint.proxyCommand === undefined ? new net.Socket() : proxyOf(endpoint.proxyCommand);
}

/** The lines that a server sends in place of its greeting if it refuses a connection, such as "Exceeded MaxStartups". */
function linesBeforeGreeting(socket: Duplex): () => string {
  let text = "";
  const take = (chunk: Buffer): void => {
    text += chunk.toString("latin1");
    if (!/^SSH-/m.test(text) && text.length < longestRefusal) return;
    socket.off("data", take);
    text = "";
  };
  socket.on("data", take);
  return () => text;
}

const longestRefusal = 8192;

/** A channel to what a host reaches. The host itself would wait for minutes if the destination does not answer. */
export const forward = (
  through: Client,
  { address, port }: Pick<Endpoint, "address" | "port">,
  seconds: number,
): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(Object.assign(new Error("no answer"), { level: "client-timeout" }));
    }, seconds * 1000);
    try {
      through.forwardOut("127.0.0.1", 0, address, port, (error, channel) => {
        clearTimeout(timer);
        if (error) reject(error);
        else if (late) channel.close();
        else resolve(channel);
      });
    } catch (error) {
      // The connection has ended.
      clearTimeout(timer);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
