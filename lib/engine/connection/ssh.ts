import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { UnreachableError } from "../errors.ts";
import type { Channel, Exit } from "./channel.ts";
import { endpointsOf } from "./endpoint.ts";
import { HostConnection, type Line } from "./host-connection.ts";
import { unlessInterrupted } from "./interruption.ts";
import { forward, logIn, lostBecause } from "./ssh-client.ts";
import type { Target, Writer } from "./types.ts";

// ssh2 itself and not ssh2-promise: the latter hides why a connection failed behind retries of its own,
// and its exec loses exit codes.

/** Rejects with UnreachableError. */
export async function connectSsh(target: Target, interrupted?: AbortSignal): Promise<Writer> {
  return new HostConnection(target.name, await dial(target, interrupted), {
    become: target.become?.user === target.user ? undefined : target.become,
    patience: target.connectTimeout,
    redial: () => dial(target, interrupted),
    reconnectTimeout: target.reconnectTimeout,
    timeout: target.timeout,
    interrupted,
  });
}

/** A line over one connection, and over more if sshd refuses more sessions on it. Rejects with UnreachableError. */
async function dial(target: Target, interrupted: AbortSignal | undefined): Promise<Line> {
  const ways = [await unlessInterrupted(() => wayTo(target), interrupted)];
  const another = async (): Promise<Client> => {
    const way = await wayTo(target).catch((error: unknown) => {
      throw new UnreachableError(
        target.name,
        tooFewSessions(target, error instanceof Error ? error.message : String(error)),
      );
    });
    ways.unshift(way);
    return way.client;
  };
  return {
    open: async (command) => {
      for (const { client } of [...ways])
        try {
          return await start(target, client, command);
        } catch (error) {
          if (!(error instanceof NoMoreSessions)) throw error;
        }
      return start(target, await another(), command).catch((error: unknown) => {
        if (!(error instanceof NoMoreSessions)) throw error;
        throw new UnreachableError(target.name, tooFewSessions(target, error.message));
      });
    },
    end: () => {
      for (const { end } of ways) end();
      return Promise.resolve();
    },
    forward: (address, port) => forwardOver(ways[0]?.clients ?? [], { address, port }, target.connectTimeout),
    lostBecause: () => ways.map(({ client }) => lostBecause.get(client)).find((why) => why !== undefined),
  };
}

const tooFewSessions = ({ name }: Target, why: string): string =>
  `${name} opens no more shells: its sshd limits the sessions of one connection (MaxSessions in sshd_config), ` +
  `and does not open one on another connection either: ${why}`;

interface Way {
  readonly client: Client;
  /** Those of all hops, the host's last. */
  readonly clients: readonly Client[];
  readonly end: () => void;
}

/** From the host, or from the hop before it if the host's sshd forbids it: a bastion that leads to the host allows it. */
async function forwardOver(
  clients: readonly Client[],
  to: { readonly address: string; readonly port: number },
  seconds: number,
): Promise<Duplex> {
  const [host, hop] = clients.toReversed();
  if (!host) throw new Error("no connection");
  try {
    return await forward(host, to, seconds);
  } catch (error) {
    if (!hop || !(error instanceof Error && "reason" in error && error.reason === prohibited)) throw error;
    return forward(hop, to, seconds);
  }
}

/** RFC 4254: administratively prohibited. */
const prohibited = 1;

/** Milliseconds for the other end to close a connection: a host that is gone never does. */
const endPatience = 1000;

/** One connection, through all hops. Rejects with UnreachableError. */
async function wayTo(target: Target): Promise<Way> {
  const clients: Client[] = [];
  const end = (): void => {
    for (const client of clients.toReversed()) {
      client.end();
      setTimeout(() => client.destroy(), endPatience).unref();
    }
  };
  try {
    for (const endpoint of endpointsOf(target)) clients.push(await logIn(target, endpoint, clients.at(-1)));
  } catch (error) {
    end();
    throw error;
  }
  const client = clients.at(-1);
  if (!client) throw new UnreachableError(target.name, `${target.name}: no connection`);
  return { client, clients, end };
}

/** The server refuses to open a session on a connection that works. */
class NoMoreSessions extends UnreachableError {}

function start({ name: host, connectTimeout }: Target, client: Client, command: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new UnreachableError(host, `${host}: no shell: ${why}`));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      failed(`sshd did not answer within ${String(connectTimeout)} s (ansible_ssh_timeout)`);
    }, connectTimeout * 1000);
    try {
      client.exec(command, (error, channel) => {
        clearTimeout(timer);
        if (late) {
          (channel as typeof channel | undefined)?.close();
          return;
        }
        if (error) {
          // RFC 4254's reason code of a channel that was not opened.
          if ("reason" in error) reject(new NoMoreSessions(host, error.message));
          else failed(error.message);
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
      clearTimeout(timer);
      failed(error instanceof Error ? error.message : String(error));
    }
  });
}
