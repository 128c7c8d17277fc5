import type { RequestListener, ServerResponse } from "node:http";
import { existsSync, writeFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { readKubeconfig, renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { runningCluster, withAnsweringServer, type RunningCluster } from "#cluster/running-cluster.ts";
import { startApiServer, type ApiServer } from "../kubernetes/api/api-server.ts";
import { askNow } from "#engine/queries/define.ts";
import { temporaryFolder } from "../engine/temporary.ts";

const closed = "https://127.0.0.1:1";

describe("the running cluster", () => {
  const kubeconfig = path.join(temporaryFolder(), "super-admin.kubeconfig");
  let server: ApiServer;
  let answer: RequestListener;
  const versionAndNodes: RequestListener = ({ url }, response) => {
    const addresses = [
      { type: "InternalIP", address: "10.0.0.21" },
      { type: "Hostname", address: "n1" },
    ];
    const item = {
      metadata: { name: "n1" },
      status: { nodeInfo: { kubeletVersion: "v1.37.2", containerRuntimeVersion: "containerd://2.4.2" }, addresses },
    };
    const bodies: Record<string, object> = {
      "/version": { gitVersion: "v1.37.2" },
      "/api/v1/nodes": { items: [item, { metadata: { name: "n2" } }] },
    };
    response.end(JSON.stringify(bodies[url ?? ""]));
  };
  before(async () => {
    server = await startApiServer((request, response) => answer(request, response));
    writeFileSync(kubeconfig, renderKubeconfig(server.access));
  });
  beforeEach(() => (answer = versionAndNodes));
  after(() => server.close());

  const ask = (servers: readonly string[], file = kubeconfig): Promise<RunningCluster | undefined> =>
    askNow(runningCluster({ kubeconfig: file, servers }));

  it("returns the versions of the servers that answer, and the nodes", async () => {
    const { server: url } = server.access;
    expect(await ask([closed, url])).to.deep.equal({
      servers: { [url]: "v1.37.2" },
      nodes: [
        { name: "n1", version: "v1.37.2", runtime: "containerd://2.4.2", addresses: ["10.0.0.21"] },
        { name: "n2", version: "", runtime: "", addresses: [] },
      ],
    });
  });

  it("returns undefined without a kubeconfig, with an unusable one, and if no server answers", async () => {
    expect(await ask([server.access.server], `${kubeconfig}.absent`)).to.equal(undefined);
    writeFileSync(`${kubeconfig}.damaged`, "{");
    expect(await ask([server.access.server], `${kubeconfig}.damaged`)).to.equal(undefined);
    expect(await ask([closed])).to.equal(undefined);
  });

  it("returns undefined if the server refuses", async () => {
    answer = (_request, response) => void response.writeHead(403).end("{}");
    expect(await ask([server.access.server])).to.equal(undefined);
  });

  it("waits for no server that hangs", async function () {
    this.timeout(15_000);
    answer = () => undefined;
    const began = Date.now();
    expect(await ask([server.access.server])).to.equal(undefined);
    expect(Date.now() - began).to.be.lessThan(8000);
  });

  describe("for a program that asks one server only", () => {
    const serverIn = (servers: readonly string[], file: string) =>
      withAnsweringServer({ kubeconfig: file, servers }, async (used) => ({
        used,
        server: readKubeconfig(await readFile(used, "utf8")).server,
        mode: (await stat(used)).mode & 0o777,
      }));
    const dead = `${kubeconfig}.dead`;
    before(() => writeFileSync(dead, renderKubeconfig({ ...server.access, server: closed })));

    it("is a kubeconfig of another server if the first one does not answer, removed afterwards", async () => {
      const { used, server: named, mode } = await serverIn([closed, server.access.server], dead);
      expect(named).to.equal(server.access.server);
      expect(mode).to.equal(0o600);
      expect(existsSync(used)).to.equal(false);
    });

    it("is a kubeconfig of another server if the first one answers, but is not ready or hangs", async function () {
      this.timeout(20_000);
      for (const ill of [
        (response: ServerResponse) => void response.writeHead(500).end("[-]etcd failed"),
        () => undefined,
      ]) {
        const first = await startApiServer(({ url }, response) => {
          if (url === "/readyz") ill(response);
          else response.end("{}");
        }, server);
        const file = `${kubeconfig}.ill`;
        writeFileSync(file, renderKubeconfig({ ...server.access, server: first.access.server }));
        const { server: named } = await serverIn([first.access.server, server.access.server], file);
        first.close();
        expect(named).to.equal(server.access.server);
      }
    });

    it("is the cluster's own kubeconfig if its server answers, or none does", async () => {
      expect((await serverIn([closed], kubeconfig)).used).to.equal(kubeconfig);
      expect((await serverIn([closed], dead)).used).to.equal(dead);
    });
  });
});
