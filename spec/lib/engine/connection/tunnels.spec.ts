import { connect as connectTo, createServer, type AddressInfo, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import type { Connection } from "ssh2";
import { connectSsh } from "#engine/connection/ssh.ts";
import { TunnelError, Tunnels } from "#engine/connection/tunnels.ts";
import type { Target } from "#engine/connection/types.ts";
import { keepsEnvironment } from "../environment.ts";
import { sshd, withShells, type Sshd } from "./sshd.ts";

/** An address that exists nowhere: only the hosts of this spec connect it, to ports of the loopback. */
const address = "192.0.2.10";

describe("a tunnel through a host", () => {
  keepsEnvironment();
  const servers: Sshd[] = [];
  let service: Server;
  let port: number;
  let tunnels: Tunnels;
  before(async () => {
    delete process.env.SSH_AUTH_SOCK;
    service = createServer((socket) => void socket.end("from the service"));
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    ({ port } = service.address() as AddressInfo);
  });
  beforeEach(() => (tunnels = new Tunnels()));
  afterEach(async () => {
    await tunnels.close();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  after(() => service.close());

  /** A host that connects others, to the same port of the loopback, and opens shells. */
  async function host(allows = true): Promise<Sshd> {
    const made = await sshd((client) => {
      client.on("authentication", (attempt) => attempt.accept());
      withShells(client);
      // Without it, the server refuses as sshd does without AllowTcpForwarding.
      if (allows) forwards(client);
    });
    servers.push(made);
    return made;
  }
  function forwards(client: Connection): void {
    client.on("tcpip", (accept, reject, { destPort }) => {
      const socket = connectTo(destPort, "127.0.0.1");
      socket.once("connect", () => {
        const channel = accept();
        socket.pipe(channel).pipe(socket);
      });
      socket.once("error", reject);
    });
  }
  const led = (target: Target): Target => {
    const through = { ...target, tunnel: true };
    tunnels.lead(through, [address]);
    return through;
  };
  const answer = async (): Promise<string> => text(await tunnels.open(address, port));
  const failure = async (at = port): Promise<TunnelError> => {
    try {
      (await tunnels.open(address, at)).destroy();
    } catch (error) {
      expect(error).to.be.instanceOf(TunnelError);
      return error as TunnelError;
    }
    throw new Error("it was opened");
  };

  it("leads to the addresses of hosts whose target has one, and to no others", async () => {
    const { target } = await host();
    tunnels.lead(target(), ["192.0.2.1"]);
    tunnels.lead({ ...target(), tunnel: true }, [address]);
    expect([tunnels.leadTo("192.0.2.1"), tunnels.leadTo(address), tunnels.leadTo("192.0.2.3")]).to.deep.equal([
      false,
      true,
      false,
    ]);
  });

  it("goes through the connection that a run has to the host", async () => {
    const { target, connections } = await host();
    const writer = await connectSsh(led(target()));
    tunnels.use("node-1", writer);
    expect(await answer()).to.equal("from the service");
    expect((await writer.run("echo in")).stdout).to.equal("in\n");
    expect(connections).to.have.length(1);
    await writer.close();
  });

  it("goes through one connection of its own if there is none, or if the run's has ended", async () => {
    const { target, connections } = await host();
    led(target());
    expect(await Promise.all([answer(), answer(), answer()])).to.deep.equal(Array(3).fill("from the service"));
    expect(connections).to.have.length(1);
    const writer = await connectSsh(target());
    tunnels.use("node-1", writer);
    await writer.close();
    expect(await answer()).to.equal("from the service");
    expect(connections).to.have.length(2);
  });

  it("gets a new connection if its own was lost", async () => {
    const { target, connections } = await host();
    led(target());
    await answer();
    const lost = new Promise((resolve) => connections[0]?.on("close", () => resolve(undefined)));
    connections[0]?.end();
    await lost;
    expect(await answer()).to.equal("from the service");
    expect(connections).to.have.length(2);
  });

  it("fails as a socket does if nothing listens there", async () => {
    led((await host()).target());
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port: free } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { code, message } = await failure(free);
    expect(code).to.equal("ECONNREFUSED");
    expect(message).to.include("through the SSH connection to node-1");
  });

  it("starts at the hop before the host if the host's sshd forbids forwarding", async () => {
    const [gate, inner] = [await host(), await host(false)];
    const { address: at, port: on, user } = gate.target();
    led({ ...inner.target(), jumps: [{ address: at, port: on, user }] });
    expect(await answer()).to.equal("from the service");
  });

  it("fails with the remedy if sshd forbids forwarding", async () => {
    led((await host(false)).target());
    const { code, message } = await failure();
    expect(code).to.equal("EACCES");
    expect(message).to.include("AllowTcpForwarding local on node-1");
  });

  it("fails with the reason if the host cannot be reached, and tries again the next time", async () => {
    const { target } = await host();
    led({ ...target(), port: 1, retryTimeout: 0 });
    const { code, message } = await failure();
    expect(code, message).to.equal("EHOSTUNREACH");
    expect(message).to.include("refuses connections: does sshd listen on port 1?");
    led(target());
    expect(await answer()).to.equal("from the service");
  });
});
