import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { connectSsh } from "#engine/connection/ssh.ts";
import { keepsEnvironment } from "../environment.ts";
import { sshd, withShells, type Sshd } from "./sshd.ts";
import { until } from "../../../until.ts";

describe("an SSH connection over a ProxyCommand", () => {
  keepsEnvironment();
  const folder = mkdtempSync(path.join(os.tmpdir(), "kubeplay-proxy-command-"));
  let server: Sshd;
  before(async () => {
    delete process.env.SSH_AUTH_SOCK;
    server = await sshd((client) => {
      client.on("authentication", (attempt) => attempt.accept());
      withShells(client);
    });
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** A program like nc, which writes down its process id. */
  const pipe = (port: number): string =>
    `node -e 'require("fs").writeFileSync("${folder}/pid",String(process.pid));const s=require("net").connect(${String(port)},"127.0.0.1");process.stdin.pipe(s).pipe(process.stdout)'`;
  const refusal = async (proxyCommand: string): Promise<string> => {
    const settings = { proxyCommand, setBy: "/home/ada/.ssh/config:7", retryTimeout: 0 };
    try {
      await (await connectSsh(server.target(settings))).close();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error("it connected");
  };

  it("runs commands, and ends the program with the connection", async () => {
    // Nothing but the command leads to this address.
    const { port } = server.target();
    const writer = await connectSsh({ ...server.target(), address: "192.0.2.1", proxyCommand: pipe(port) });
    expect((await writer.run("echo in")).stdout).to.equal("in\n");
    await writer.close();
    const pid = Number(readFileSync(path.join(folder, "pid"), "utf8"));
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await until("the command ended", () => !isAlive());
  });

  it("fails with the command's own words, and names the line that sets it", async () => {
    const words = await refusal("sh -c 'echo no route to the gate >&2; exit 3'");
    expect(words).to.include("node-1 (ada@127.0.0.1:").and.include(", by /home/ada/.ssh/config:7) cannot be reached: ");
    expect(words).to.include("the ProxyCommand exited with code 3: no route to the gate");
  });

  it("fails if the command is not there, or ends without an answer", async () => {
    expect(await refusal("no-such-program-here")).to.include("the ProxyCommand exited with code 127:");
    expect(await refusal("true")).to.match(/cannot be reached: .*before (the )?handshake/i);
  });
});
