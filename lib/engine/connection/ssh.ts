import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import ssh2, {
  type AnyAuthMethod,
  type Client,
  type ClientChannel,
  type ConnectConfig,
  type ServerHostKeyAlgorithm,
} from "ssh2";
import { UnreachableError } from "../errors.ts";
import { again, connectionPasses } from "./again.ts";
import type { Channel, Exit } from "./channel.ts";
import { HostConnection, type Line } from "./host-connection.ts";
import { fingerprint, knownKeys, knownName, usualFiles, type KnownKey } from "./known-hosts.ts";
import type { Target, Writer } from "./types.ts";

// ssh2 itself and not ssh2-promise: the latter hides why a connection failed behind retries of its own,
// and its exec loses exit codes.

/** The destination of one connection: the host itself or a hop before it. */
interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The hop before it; absent if the controller connects directly. */
  readonly through?: Endpoint;
  /** Whether it is only a hop to the host. */
  readonly isBastion: boolean;
}

/** Rejects with UnreachableError. */
export async function connectSsh(target: Target): Promise<Writer> {
  return new HostConnection(target.name, await dial(target), {
    become: target.become?.user === target.user ? undefined : target.become,
    patience: target.connectTimeout,
    redial: () => dial(target),
  });
}

/** One connection, through all hops. Rejects with UnreachableError. */
async function dial(target: Target): Promise<Line> {
  const clients: Client[] = [];
  const end = async (): Promise<void> => {
    for (const client of clients.reverse()) client.end();
    return Promise.resolve();
  };
  try {
    for (const endpoint of endpointsOf(target)) clients.push(await connectWithRetry(target, endpoint, clients.at(-1)));
  } catch (error) {
    await end();
    throw error;
  }
  const client = clients.at(-1);
  if (!client) throw new UnreachableError(target.name, `${target.name}: no connection`);
  return { open: (command) => start(target.name, client, command), end, lostBecause: () => lostBecause.get(client) };
}

/** All hops, the host last. */
function endpointsOf({ jumps, address, port, user }: Target): Endpoint[] {
  const endpoints: Endpoint[] = [];
  const add = (endpoint: Endpoint): void => {
    const through = endpoints.at(-1);
    endpoints.push({ ...endpoint, ...(through && { through }) });
  };
  for (const jump of jumps) {
    const [, as = user, at = jump, on = "22"] = /^(?:([^@]+)@)?(.*?)(?::(\d+))?$/.exec(jump) ?? [];
    add({ address: at, port: Number(on), user: as, isBastion: true });
  }
  add({ address, port, user, isBastion: false });
  return endpoints;
}

const describeEndpoint = ({ user, address, port }: Endpoint): string => `${user}@${address}:${port}`;

/** Rejects with UnreachableError. */
async function connectWithRetry(target: Target, endpoint: Endpoint, through: Client | undefined): Promise<Client> {
  try {
    return await again(
      () => connectOnce(target, endpoint, through),
      (error) => explained(target, endpoint, error).retry,
    );
  } catch (error) {
    const { message, final = false } = explained(target, endpoint, error);
    throw new UnreachableError(target.name, message, { cause: error, final });
  }
}

async function connectOnce(target: Target, endpoint: Endpoint, through: Client | undefined): Promise<Client> {
  const files = target.knownHostsFiles.length > 0 ? target.knownHostsFiles : usualFiles();
  const known = knownKeys(files, endpoint.address, endpoint.port);
  let refused: string | undefined;
  const config: ConnectConfig = {
    host: endpoint.address,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: target.connectTimeout * 1000,
    keepaliveInterval: 15_000,
    keepaliveCountMax: 3,
    authHandler: authMethods(target, endpoint.user),
    algorithms: {
      cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr"],
      ...(known.length > 0 && { serverHostKey: algorithmsOf(known) }),
    },
    hostVerifier: (key: Buffer) => {
      if (!target.hostKeyChecking) return true;
      refused = objection(target, key, known, endpoint, files);
      return refused === undefined;
    },
    ...(through && { sock: await forward(through, endpoint, target.connectTimeout) }),
  };
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let connected = false;
    client
      .once("connect", () => (connected = true))
      .once("ready", () => {
        client.setNoDelay(true);
        resolve(client);
      })
      // There may be several errors: one is an agent that does not answer, after which the next way to log in is tried.
      // An error after "ready" says why the connection is lost.
      .on("error", (error: Error & { readonly level?: string }) => {
        if (error.level === "agent") return;
        lostBecause.set(client, error.message);
        reject(refused === undefined ? Object.assign(error, { connected }) : new HostKeyError(refused));
      })
      .once("close", () =>
        reject(refused === undefined ? new Error("closed before the handshake") : new HostKeyError(refused)),
      )
      .connect(config);
  });
}

/** Why an established connection was lost, as far as its client knows. */
const lostBecause = new WeakMap<Client, string>();

class HostKeyError extends Error {}

/** A channel through a bastion. The bastion itself would wait for minutes if the destination does not answer. */
const forward = (through: Client, { address, port }: Endpoint, seconds: number): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(Object.assign(new Error("no answer"), { level: "client-timeout" }));
    }, seconds * 1000);
    through.forwardOut("127.0.0.1", 0, address, port, (error, channel) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(channel);
    });
  });

function algorithmsOf(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = new Set(known.map(({ type }) => type));
  const all = [
    ["ssh-ed25519", ["ssh-ed25519"]],
    ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
    ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
    ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
    ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
  ] as const;
  return all.flatMap(([type, algorithms]) => (types.has(type) ? [...algorithms] : []));
}

/** Why a host key is not trusted; undefined if it is. */
function objection(
  target: Target,
  key: Buffer,
  known: readonly KnownKey[],
  { address, port, through, isBastion }: Endpoint,
  files: readonly string[],
): string | undefined {
  const same = known.filter((one) => one.key === key.toString("base64"));
  const revoked = same.find((one) => one.revoked);
  const name = knownName(address, port);
  const whose = `the host key of ${name}${isBastion ? `, through which ${target.name} is reached,` : ""}`;
  if (revoked) return `${whose} is revoked (${revoked.file}:${revoked.line})`;
  if (same.length > 0) return undefined;
  const [first] = known.filter((one) => !one.revoked);
  if (first)
    return (
      `${whose} has changed: ${first.file}:${first.line} expects ${fingerprint(Buffer.from(first.key, "base64"))}, ` +
      `the host shows ${fingerprint(key)}. Either the host was reinstalled, or somebody intercepts the connection. ` +
      `If you know why, remove the old key: ssh-keygen -R ${name} -f ${first.file}`
    );
  return (
    `${whose} is not known: its fingerprint is ${fingerprint(key)}, and none of ${files.join(", ")} has it. ` +
    `Compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: ${through ? `ssh -p ${through.port} ${through.user}@${through.address} ` : ""}ssh-keyscan -p ${port} ${address} >> ${files[0] ?? "~/.ssh/known_hosts"}`
  );
}

const usualKeys = (): string[] =>
  ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => path.join(os.homedir(), ".ssh", name)).filter(existsSync);

function authMethods(target: Target, username: string): AnyAuthMethod[] {
  const methods: AnyAuthMethod[] = [];
  const files = target.privateKeyFile === undefined ? usualKeys() : [target.privateKeyFile];
  for (const file of files) {
    const key = readKey(file, target);
    if (key) methods.push({ type: "publickey", username, key });
  }
  const agent = process.env.SSH_AUTH_SOCK;
  if (agent) methods.push({ type: "agent", username, agent });
  if (target.password !== undefined) methods.push({ type: "password", username, password: target.password });
  return methods;
}

/** A key that the inventory names must be readable; a default key may be encrypted, as the agent then has it. */
function readKey(file: string, target: Target): Buffer | undefined {
  const named = target.privateKeyFile !== undefined;
  try {
    const key = readFileSync(file);
    const parsed = ssh2.utils.parseKey(key);
    if (!(parsed instanceof Error)) return key;
    if (named)
      throw new UnreachableError(
        target.name,
        `${file} cannot be used as a key: ${parsed.message}${/encrypted/i.test(parsed.message) ? "; add it to an ssh-agent" : ""}`,
      );
    return undefined;
  } catch (error) {
    if (!named) return undefined;
    if (error instanceof UnreachableError) throw error;
    throw new UnreachableError(
      target.name,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Administratively prohibited. */
const prohibited = 1;

interface Explained {
  readonly message: string;
  /** Another attempt may succeed right away. */
  readonly retry: boolean;
  /** No attempt succeeds before something is changed. */
  readonly final?: boolean;
}

function explained(target: Target, endpoint: Endpoint, error: unknown): Explained {
  const { level, code, reason, message, connected } = error as {
    level?: string;
    code?: string;
    /** Whether there was a connection, even if nothing arrived over it. */
    connected?: boolean;
    /** RFC 4254's reason code if a channel was not opened. */
    reason?: number;
    message: string;
  };
  const { port, user, through, isBastion } = endpoint;
  const way = through ? `, through ${describeEndpoint(through)}` : "";
  const where = isBastion
    ? `the bastion ${describeEndpoint(endpoint)} of ${target.name}${way}`
    : `${target.name} (${describeEndpoint(endpoint)}${way})`;
  if (error instanceof HostKeyError) return { message, retry: false, final: true };
  if (error instanceof UnreachableError) return { message, retry: false, final: error.final };
  if (level === "client-authentication") {
    const tried = target.privateKeyFile ?? (usualKeys().join(", ") || "no key file");
    return {
      message: `${where} refuses the login of ${user} with ${tried}${target.password === undefined ? "" : " or the password"}`,
      retry: false,
      final: true,
    };
  }
  // If nothing accepted the connection, a retry does not help; an overloaded host may answer the next try in time.
  if (level === "client-timeout")
    return { message: `${where} did not answer within ${target.connectTimeout} s`, retry: connected === true };
  if (code === "ECONNREFUSED")
    return { message: `${where} refuses connections: does sshd listen on port ${port}?`, retry: false };
  if (code === "ENOTFOUND")
    return {
      message: `${where}: no such host name (${isBastion ? "ansible_ssh_common_args" : "ansible_host"})`,
      retry: false,
      final: true,
    };
  if (through && reason === prohibited)
    return {
      message: `${where} cannot be reached: sshd on ${through.address} forbids forwarding (AllowTcpForwarding)`,
      retry: false,
      final: true,
    };
  return {
    message: `${where} cannot be reached: ${message}`,
    retry: connectionPasses({ message, ...(code && { code }) }),
  };
}

function start(host: string, client: Client, command: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new UnreachableError(host, `${host}: no shell: ${why}`));
    try {
      client.exec(command, (error, channel) => {
        if (error) {
          failed(error.message);
          return;
        }
        const closed = new Promise<Exit>((done) => {
          let exit: Exit = {};
          channel.on("exit", (code: number | null, signal?: string) => {
            exit = { ...(code !== null && { code }), ...(signal && { signal }) };
          });
          channel.on("close", () => done(exit));
        });
        resolve({ stdin: channel, stdout: channel, stderr: channel.stderr, closed, kill: () => channel.close() });
      });
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  });
}
