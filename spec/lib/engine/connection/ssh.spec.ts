import { connect as connectTo, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { expect } from "chai";
import ssh2 from "ssh2";
import { connectSsh } from "#engine/connection/ssh.ts";
import type { Target } from "#engine/connection/types.ts";
import { keepsEnvironment } from "../environment.ts";
import { hostKey } from "./sshd.ts";

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
const listening = async (server: Server): Promise<Server> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};

/** The host's sshd drops connections, as it does beyond MaxStartups. */
describe("an SSH connection that is dropped before it is established", function () {
  this.timeout(600_000);
  keepsEnvironment();
  const sshd = new ssh2.Server({ hostKeys: [hostKey()] }, (client) => {
    client.on("authentication", (attempt) => attempt.accept()).on("error", () => undefined);
  });
  const open = new Set<Socket>();
  const fronts: Server[] = [];

  before(async () => {
    delete process.env.SSH_AUTH_SOCK;
    await new Promise<void>((resolve) => void sshd.listen(0, "127.0.0.1", () => resolve()));
  });
  after(() => {
    for (const socket of open) socket.destroy();
    for (const server of fronts) server.close();
    sshd.close();
  });

  /** A proxy in front of sshd: drops the first connections, and forwards the others. */
  async function front(times: number, drop: (socket: Socket) => void): Promise<{ port: number; asked: () => number }> {
    let asked = 0;
    const server = await listening(
      createServer((socket) => {
        open.add(socket.on("error", () => undefined));
        if (asked++ < times) {
          drop(socket);
          return;
        }
        const through = connectTo(portOf(sshd), "127.0.0.1").on("error", () => undefined);
        open.add(through);
        socket.pipe(through).pipe(socket);
      }),
    );
    fronts.push(server);
    return { port: portOf(server), asked: () => asked };
  }
  const target = (port: number, connectTimeout = 20): Target => ({
    ...{ name: "node-1", connection: "ssh", address: "127.0.0.1", port, user: "ada", password: "x" },
    ...{ jumps: [], knownHostsFiles: [], hostKeyChecking: false, connectTimeout },
  });

  const drops: Readonly<Record<string, (socket: Socket) => void>> = {
    "at once": (socket) => socket.destroy(),
    "with a reset": (socket) => socket.resetAndDestroy(),
    "with a message": (socket) => void socket.end("Exceeded MaxStartups\r\n"),
    "after its greeting": (socket) => void socket.end("SSH-2.0-OpenSSH_10.0\r\n"),
  };
  for (const [how, drop] of Object.entries(drops))
    it(`is retried if it ended ${how}`, async () => {
      const { port, asked } = await front(2, drop);
      const writer = await connectSsh(target(port));
      await writer.close();
      expect(asked()).to.equal(3);
    });

  it("is retried if sshd accepts the connection and sends nothing before the timeout", async () => {
    const { port, asked } = await front(2, () => undefined);
    const writer = await connectSsh(target(port, 2));
    await writer.close();
    expect(asked()).to.be.at.least(3);
  });

  it("is retried until it is established, even after more than four dropped tries", async () => {
    const { port, asked } = await front(5, (socket) => socket.destroy());
    const writer = await connectSsh(target(port));
    await writer.close();
    expect(asked()).to.equal(6);
  });

  it("is retried no longer than ssh_retry_timeout", async () => {
    const { port, asked } = await front(999, (socket) => socket.destroy());
    const began = Date.now();
    expect(await connectSsh({ ...target(port), retryTimeout: 1 }).catch(String)).to.contain("cannot be reached");
    expect(Date.now() - began, "milliseconds").to.be.below(8000);
    const tries = asked();
    expect(tries).to.be.greaterThan(1);
    await connectSsh({ ...target(port), retryTimeout: 0 }).catch(String);
    expect(asked()).to.equal(tries + 1);
  });

  it("is not retried if sshd refuses it for good, or nothing listens", async () => {
    const started = Date.now();
    const failure = await connectSsh(target(1)).catch(String);
    expect(failure).to.contain("refuses connections: does sshd listen on port");
    const old = await listening(
      createServer((socket) => {
        open.add(socket.on("error", () => undefined));
        socket.write("SSH-1.5-old\r\n");
      }),
    );
    fronts.push(old);
    expect(await connectSsh(target(portOf(old))).catch(String)).to.contain("node-1");
    expect(Date.now() - started, "milliseconds").to.be.below(20_000);
  });

  it("is made again no longer than reconnect_timeout if it was lost later", async () => {
    const { port } = await front(0, () => undefined);
    const writer = await connectSsh({ ...target(port), reconnectTimeout: 1 });
    await writer.reconnect?.();
    for (const server of fronts) server.close();
    const began = Date.now();
    expect(await writer.reconnect?.().catch(String)).to.contain("refuses connections");
    expect(Date.now() - began, "milliseconds").to.be.within(900, 30_000);
    await writer.close();
  });

  it("shows the line that a server sends in place of its greeting", async () => {
    const line = "Access from 127.0.0.1 is disabled\r\n";
    const { port } = await front(9, (socket) => void socket.end(line));
    expect(await connectSsh(target(port)).catch(String)).to.contain(`The host says: ${line.trim()}`);
  });
});
