import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { expect } from "chai";
import { lastSummary, measured } from "../cluster/lab.ts";
import { folder, lab, makeCluster, master, play, program } from "./small-cluster.ts";

interface Listed {
  readonly name: string;
  readonly files: readonly string[];
  readonly fingerprint: string;
  readonly onController: boolean;
  readonly isCa: boolean;
}

/** The serial number of the certificate that kube-apiserver shows. */
const shown = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: master, port: 6443, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? "");
      socket.end();
    });
    socket.on("error", reject);
  });

describe("the certificates of a cluster", () => {
  before("make a small cluster", makeCluster);
  after("remove it", () => lab.remove());

  const list = async (): Promise<readonly Listed[]> => {
    const { code, output, seconds } = await program("certs", "--output", "json");
    expect(code, output).to.equal(0);
    measured("certs", seconds);
    return (JSON.parse(output) as { certificates: Listed[] }).certificates;
  };
  const fingerprints = async () => new Map((await list()).map(({ name, fingerprint }) => [name, fingerprint]));

  it("are listed with every copy; on hosts there is none that the controller lacks, but the kubelets' own", async () => {
    const all = await list();
    const own = all.filter(({ onController }) => !onController).map(({ name }) => name);
    expect(own.sort()).to.deep.equal([
      "life-master/kubelet-client",
      "life-master/kubelet-server",
      "life-node/kubelet-client",
      "life-node/kubelet-server",
    ]);
    const apiserver = all.find(({ name }) => name === "life-master/kube-apiserver");
    expect(apiserver?.files).to.include("life-master:/etc/kubernetes/pki/kube-apiserver.crt");
    const proxy = all.find(({ name }) => name === "kube-proxy");
    expect(proxy?.files).to.include("life-node:/etc/kubernetes/kube-proxy.kubeconfig");
  });

  it("make the list exit with 2 below a limit", async () => {
    expect((await program("certs", "--days", "400")).code).to.equal(2);
  });

  it("renew one alone, with what it is copied to", async () => {
    const before = await fingerprints();
    measured("renew=scheduler", (await play("-e", "renew=scheduler", "certs")).seconds);
    const after = await fingerprints();
    expect([...after].filter(([name, now]) => before.get(name) !== now).map(([name]) => name)).to.deep.equal([
      "scheduler",
    ]);
    const hosts = lastSummary().changes.map(({ host }) => host);
    expect(new Set(hosts)).to.deep.equal(new Set(["localhost", "life-master"]));
  });

  it("renew all leaves; kube-apiserver shows the new one, and site has nothing left to do", async () => {
    const [before, old] = [await fingerprints(), await shown()];
    measured("renew=all", (await play("-e", "renew=all", "certs")).seconds);
    const after = await list();
    const kept = after.filter(({ name, fingerprint }) => before.get(name) === fingerprint);
    expect(kept.filter(({ isCa, name }) => !isCa && !name.includes("/kubelet-")).map(({ name }) => name)).to.deep.equal(
      [],
    );
    expect(kept.filter(({ isCa }) => isCa)).to.have.length(4);
    expect(await shown()).not.to.equal(old);
    await play("site");
    expect(lastSummary().changes).to.deep.equal([]);
    const { output } = await program("kubectl", "get", "nodes", "--no-headers");
    expect(output.match(/ Ready /g)).to.have.length(2);
    expect(readFileSync(`${folder}/admin.kubeconfig`, "utf8")).to.contain("client-certificate-data");
  });
});
