import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect as connectTo, type AddressInfo } from "node:net";
import path from "node:path";
import { connect as secure } from "node:tls";
import { promisify } from "node:util";
import { expect } from "chai";
import { parse } from "yaml";
import { withReachableServer } from "#cluster/reachable-server.ts";
import { withAnsweringServer } from "#cluster/running-cluster.ts";
import { tunnels } from "#engine/connection/tunnels.ts";
import { kubernetesApi } from "#kubernetes/api/kubernetes-api.ts";
import { renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { authority, by, issued } from "../engine/pki/issued.ts";
import { keepsEnvironment } from "../engine/environment.ts";
import { sshd, type Sshd } from "../engine/connection/sshd.ts";
import { temporaryFolder } from "../engine/temporary.ts";
import { createServer, type Server } from "node:https";

/** An address that exists nowhere: only the SSH server of this spec leads to it. */
const address = "192.0.2.10";

describe("an API server that only an SSH connection leads to", () => {
  keepsEnvironment();
  const folder = temporaryFolder();
  const kubeconfig = path.join(folder, "admin.kubeconfig");
  let host: Sshd;
  let api: Server;
  let url = "";

  before(async () => {
    delete process.env.SSH_AUTH_SOCK;
    const ca = await authority("ca");
    const own = await issued("server", { profile: "server", ips: [address], ...by(ca) });
    const user = await issued("admin", by(ca));
    api = createServer({ cert: own.pem, key: own.keyPem }, ({ url: asked }, response) => {
      response.end(JSON.stringify({ asked }));
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const { port } = api.address() as AddressInfo;
    host = await sshd((client) => {
      client.on("authentication", (attempt) => attempt.accept());
      client.on("tcpip", (accept, reject, { destIP, destPort }) => {
        if (destIP !== address || destPort !== 6443) {
          reject();
          return;
        }
        const socket = connectTo(port, "127.0.0.1");
        socket.pipe(accept()).pipe(socket);
      });
    });
    tunnels.lead({ ...host.target(), tunnel: true }, [address, "192.0.2.11"]);
    url = `https://${address}:6443`;
    const access = { cluster: "c", user: "admin", ca: ca.pem, certificate: user.pem, key: user.keyPem };
    writeFileSync(kubeconfig, renderKubeconfig({ ...access, server: url }));
  });
  after(async () => {
    await tunnels.close();
    await host.close();
    api.closeAllConnections();
    api.close();
  });

  it("answers kubeplay, with its certificate verified, over one SSH connection", async () => {
    const client = await kubernetesApi({ kubeconfig });
    if (!client) throw new Error(`there is no ${kubeconfig}`);
    const answers = await Promise.all(["/version", "/readyz", "/api"].map((asked) => client.ask("GET", asked)));
    expect(answers.map(({ body }) => body)).to.deep.equal([
      { asked: "/version" },
      { asked: "/readyz" },
      { asked: "/api" },
    ]);
    expect(host.connections).to.have.length(1);
  });

  it("is as unreachable as a closed port if nothing listens there: check mode learns it at once", async () => {
    const text = await readFile(kubeconfig, "utf8");
    const file = path.join(folder, "bare.kubeconfig");
    writeFileSync(file, text.replace(address, "192.0.2.11"));
    const began = Date.now();
    const client = await kubernetesApi({ kubeconfig: file });
    const error = await client?.ask("GET", "/version").catch(String);
    expect(error).to.include("no API server answers").and.include("through the SSH connection to node-1");
    expect(Date.now() - began).to.be.lessThan(3000);
  });

  it("is a port of the loopback for programs, which gets their connections until they have ended", async () => {
    let local = "";
    const shown = await withReachableServer(url, async ({ url: at, serverName }) => {
      local = at;
      expect(new URL(at).hostname).to.equal("127.0.0.1");
      expect(serverName).to.equal(address);
      const { port } = new URL(at);
      const listening = await promisify(execFile)("ss", ["-ltnH", `sport = :${port}`]);
      expect(listening.stdout).to.include(`127.0.0.1:${port}`).and.not.include("*:");
      return new Promise<string>((resolve, reject) => {
        const socket = secure({ port: Number(port), host: "127.0.0.1", rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerX509Certificate()?.subjectAltName));
          socket.destroy();
        }).on("error", reject);
      });
    });
    expect(shown).to.include(address);
    const error = await new Promise((resolve) => {
      connectTo(Number(new URL(local).port), "127.0.0.1")
        .once("error", resolve)
        .once("connect", resolve);
    });
    expect(error).to.have.property("code", "ECONNREFUSED");
  });

  it("resets the connection of a program if the host cannot connect it", async () => {
    const error = await withReachableServer("https://192.0.2.11:6443", ({ url: at }) => {
      return new Promise((resolve) => {
        connectTo(Number(new URL(at).port), "127.0.0.1")
          .once("error", resolve)
          .once("end", resolve);
      });
    });
    expect(error).to.have.property("code", "ECONNRESET");
  });

  it("has a kubeconfig for programs with the name in its certificate", async () => {
    const used = await withAnsweringServer({ kubeconfig, servers: [] }, (file) => readFile(file, "utf8"));
    const { clusters } = parse(used) as { clusters: [{ cluster: Record<string, string> }] };
    expect(clusters[0].cluster["tls-server-name"]).to.equal(address);
    expect(clusters[0].cluster.server).to.match(/^https:\/\/127\.0\.0\.1:\d+$/);
  });
});
