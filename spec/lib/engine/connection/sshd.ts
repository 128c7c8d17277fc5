import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo } from "node:net";
import ssh2, { type Connection } from "ssh2";
import type { Target } from "#engine/connection/types.ts";

export interface Sshd {
  readonly target: (change?: Partial<Target>) => Target;
  /** The connections so far, also those that ended. */
  readonly connections: readonly Connection[];
  readonly close: () => Promise<void>;
}

/** Not one of ssh2's own: some of its keys cannot be parsed. */
export const hostKey = (): string =>
  generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

/** An SSH server on the loopback, whose behaviour a spec decides connection by connection. */
export async function sshd(serve: (client: Connection) => void, banner?: string): Promise<Sshd> {
  const connections: Connection[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey()], ...(banner && { banner }) }, (client) => {
    connections.push(client.on("error", () => undefined));
    serve(client);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    target: (change) => ({
      ...{ name: "node-1", connection: "ssh", address: "127.0.0.1", port, user: "ada", password: "right horse" },
      ...{ jumps: [], knownHostsFiles: [], hostKeyChecking: false, connectTimeout: 5 },
      ...change,
    }),
    connections,
    close: async () => {
      for (const client of connections) client.end();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

/** Opens at most this many sessions at once, each with a real shell. */
export function withShells(client: Connection, most = Infinity): void {
  let open = 0;
  client.on("session", (accept, reject) => {
    if (open >= most) {
      reject();
      return;
    }
    open++;
    accept()
      .on("close", () => open--)
      .on("exec", (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        const shell = spawn("sh", ["-c", command]);
        channel.pipe(shell.stdin.on("error", () => undefined));
        shell.stdout.pipe(channel, { end: false });
        shell.stderr.pipe(channel.stderr, { end: false });
        shell.once("close", (code) => {
          channel.exit(code ?? 255);
          channel.end();
        });
      });
  });
}
