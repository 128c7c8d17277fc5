import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Connection } from "ssh2";
import { connectSsh } from "#engine/connection/ssh.ts";
import { keepsEnvironment } from "../environment.ts";
import { temporaryFolder } from "../temporary.ts";
import { sshd, withShells, type Sshd } from "./sshd.ts";

describe("a server that limits the sessions of a connection", () => {
  keepsEnvironment();
  const folder = temporaryFolder();
  let server: Sshd;
  before(() => delete process.env.SSH_AUTH_SOCK);
  afterEach(() => server.close());

  const limitedTo = async (most: number, connections = Infinity): Promise<void> => {
    let logins = 0;
    server = await sshd((client) => {
      client.on("authentication", (context) => {
        if (context.method !== "password") context.reject(["password"]);
        else if (++logins > connections) context.reject([]);
        else context.accept();
      });
      withShells(client, most);
    });
  };

  for (const most of [1, 2, 3])
    it(`serves for reads, changes, uploads and a dialogue if it opens ${String(most)}`, async () => {
      await limitedTo(most);
      const writer = await connectSsh(server.target());
      const dialogue = await writer.attach?.(`sh -c 'read -r line; echo "$line"; cat'`);
      expect((await writer.read("echo read")).stdout).to.equal("read\n");
      expect((await writer.run("echo changed")).stdout).to.equal("changed\n");
      const [source, to] = [path.join(folder, "source"), path.join(folder, `copy-${String(most)}`)];
      writeFileSync(source, "x".repeat(1_000_000));
      await writer.upload({ content: { file: source }, to, mode: 0o600 });
      expect(readFileSync(to, "utf8")).to.have.length(1_000_000);
      const answer = new Promise((resolve) => dialogue?.stdout.once("data", resolve));
      dialogue?.stdin.end("hello\n");
      expect(String(await answer)).to.equal("hello\n");
      await writer.close();
      expect(server.connections.length).to.be.at.most(Math.ceil(4 / most));
    });

  it("is named with its limit if it opens none", async () => {
    await limitedTo(0);
    const writer = await connectSsh(server.target());
    expect(await writer.read("true").catch(String)).to.include("MaxSessions in sshd_config");
    await writer.close();
  });

  it("is named with its limit if it accepts no other connection", async () => {
    await limitedTo(1, 1);
    const writer = await connectSsh(server.target());
    await writer.read("true");
    expect(await writer.run("true").catch(String)).to.match(/MaxSessions in sshd_config.*refuses the login of ada/);
    await writer.close();
  });
});

describe("a server that does not answer", () => {
  keepsEnvironment();
  let server: Sshd;
  before(() => delete process.env.SSH_AUTH_SOCK);
  afterEach(() => server.close());

  const silences: Readonly<Record<string, (client: Connection) => void>> = {
    "the request for a session": (client) => void client.on("session", () => undefined),
    "the request for a program": (client) =>
      void client.on("session", (accept) => accept().on("exec", () => undefined)),
  };
  for (const [what, serve] of Object.entries(silences))
    it(`${what} is given up after ansible_ssh_timeout`, async () => {
      server = await sshd((client) => {
        client.on("authentication", (context) =>
          context.method === "password" ? context.accept() : context.reject(["password"]),
        );
        serve(client);
      });
      const writer = await connectSsh(server.target({ connectTimeout: 1 }));
      const started = Date.now();
      expect(await writer.read("true").catch(String)).to.include(
        "node-1: no shell: sshd did not answer within 1 s (ansible_ssh_timeout)",
      );
      expect(Date.now() - started).to.be.at.least(900);
      await writer.close();
    });
});
