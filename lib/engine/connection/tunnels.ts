import type { Duplex } from "node:stream";
import type { Target, Writer } from "./types.ts";

/** A connection that can carry others. */
type Carrier = Pick<Writer, "forward" | "close">;

/** No connection through a host. `code` is like that of a socket's error. */
export class TunnelError extends Error {
  override name = "TunnelError";
  readonly code: string;

  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Connections of the controller to hosts that it reaches over SSH only, such as to the Kubernetes API of a master behind
 * a bastion. They go through the SSH connection that a run has to that host, or through one of their own.
 */
export class Tunnels {
  readonly #targets = new Map<string, Target>();
  readonly #connected = new Map<string, Set<Carrier>>();
  readonly #own = new Map<string, Promise<Carrier>>();
  #closing = new AbortController();

  /** From now on, connections to these addresses go through this host if its target says so. */
  lead(target: Target, addresses: readonly string[]): void {
    if (target.tunnel) for (const address of addresses) this.#targets.set(address, target);
  }

  /** Whether connections to an address go through a host. */
  leadTo(address: string): boolean {
    return this.#targets.has(address);
  }

  /** Uses this connection for its host, as long as it is open. */
  use(host: string, carrier: Carrier): void {
    this.#connected.set(host, (this.#connected.get(host) ?? new Set()).add(carrier));
  }

  /** Connects to a port at an address, as seen from its host. Rejects with TunnelError. */
  async open(address: string, port: number): Promise<Duplex> {
    const target = this.#targets.get(address);
    if (!target) throw new TunnelError(`no host leads to ${address}`, "EHOSTUNREACH");
    try {
      return (await this.#overConnected(target, address, port)) ?? (await this.#overOwn(target, address, port));
    } catch (error) {
      throw tunnelError(target, error);
    }
  }

  /** Ends the connections that are only for tunnels, and waits for none that is still being made. */
  async close(): Promise<void> {
    const own = [...this.#own.values()];
    this.#own.clear();
    this.#closing.abort();
    this.#closing = new AbortController();
    await Promise.allSettled(own.map(async (carrier) => (await carrier).close()));
  }

  /** Undefined if the run has no connection to the host that is still open. */
  async #overConnected({ name }: Target, address: string, port: number): Promise<Duplex | undefined> {
    const connected = this.#connected.get(name) ?? new Set();
    for (const carrier of connected)
      try {
        return await carrier.forward?.(address, port);
      } catch (error) {
        if (isAnswer(error)) throw error;
        connected.delete(carrier);
      }
    return undefined;
  }

  async #overOwn(target: Target, address: string, port: number): Promise<Duplex> {
    const known = this.#own.get(target.name);
    const open = async (carrier: Carrier): Promise<Duplex> => {
      const stream = await carrier.forward?.(address, port);
      if (!stream) throw new Error("this connection carries no others");
      return stream;
    };
    if (known)
      try {
        return await open(await known);
      } catch (error) {
        // It was lost, or never made; another request may have made a new one in the meantime.
        if (isAnswer(error)) throw error;
        if (this.#own.get(target.name) === known) this.#own.delete(target.name);
      }
    const own = this.#own.get(target.name) ?? dial(target, this.#closing.signal);
    this.#own.set(target.name, own);
    own.catch(() => this.#own.get(target.name) === own && this.#own.delete(target.name));
    return open(await own);
  }
}

/** Those of this process. */
export const tunnels = new Tunnels();

async function dial(target: Target, closing: AbortSignal): Promise<Carrier> {
  const { connectSsh } = await import("./ssh.ts");
  try {
    return await connectSsh(target, closing);
  } catch (error) {
    const isFinal = error instanceof Error && "final" in error && error.final === true;
    throw new TunnelError(messageOf(error), isFinal ? "EACCES" : "EHOSTUNREACH", { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** RFC 4254's reason codes of a channel that was not opened: the host answered. */
const reasonIn = (error: unknown): number | undefined =>
  error instanceof Error && "reason" in error && typeof error.reason === "number" ? error.reason : undefined;
const isAnswer = (error: unknown): boolean => reasonIn(error) !== undefined;
const [prohibited, connectFailed] = [1, 2];

function tunnelError({ name }: Target, error: unknown): TunnelError {
  if (error instanceof TunnelError) return error;
  const reason = reasonIn(error);
  const failed = (why: string, code: string): TunnelError =>
    new TunnelError(`${why}, through the SSH connection to ${name}`, code, { cause: error });
  if (reason === prohibited)
    return failed(
      `sshd forbids forwarding (allow it with AllowTcpForwarding local on ${name} or its bastion)`,
      "EACCES",
    );
  if (reason === connectFailed) return failed(messageOf(error), "ECONNREFUSED");
  const isLate = error instanceof Error && "level" in error && error.level === "client-timeout";
  return failed(messageOf(error), isLate ? "ETIMEDOUT" : "ECONNRESET");
}
