import { existsSync, readFileSync, rmSync } from "node:fs";
import { expect } from "chai";
import { lastSummary, measured } from "../cluster/lab.ts";
import { folder, lab, makeCluster, play, program } from "./small-cluster.ts";

const lost = ["pki", "kubeconfigs", "admin.kubeconfig", "made-for"];
const cas = "kubernetes-ca,etcd-ca,front-proxy-ca";

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly status: { readonly phase: string; readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

describe("a cluster whose controller has lost its folder", () => {
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await program("kubectl", ...args);
    expect(code, output).to.equal(0);
    return output;
  };
  const workload = async () => {
    const { metadata, status } = JSON.parse(await kubectl("get", "pod", "still", "-o", "json")) as Pod;
    const restarts = status.containerStatuses.map(({ restartCount }) => restartCount);
    return { uid: metadata.uid, phase: status.phase, restarts };
  };
  let earlier: Awaited<ReturnType<typeof workload>>;

  before("make a small cluster with a workload, and lose the folder", async () => {
    await makeCluster();
    const overrides = JSON.stringify({ spec: { nodeName: "life-node", automountServiceAccountToken: false } });
    await kubectl("run", "still", "--image=registry.k8s.io/pause:3.10.2", "--overrides", overrides);
    await kubectl("wait", "--for=condition=Ready", "pod/still", "--timeout=180s");
    earlier = await workload();
    // The lab's own key is in the same folder, and stays.
    for (const name of lost) rmSync(`${folder}/${name}`, { recursive: true });
  });

  after("remove it", () => lab.remove());

  it("is refused by site, which names adopt, and makes no CA", async () => {
    const { code, output } = await program("play", "site");
    expect(code).not.to.equal(0);
    expect(output)
      .to.match(/belongs to a cluster whose CA/)
      .and.contain("npm run play adopt");
    expect(existsSync(`${folder}/pki`)).to.equal(false);
  });

  it("is adopted, after a check that says the same and writes nothing", async () => {
    const { output } = await play("--check", "--diff", "adopt");
    expect(output).to.contain("from life-master:/etc/kubernetes/pki/kubernetes-signing-ca.crt");
    expect(output).to.contain("The keys of kubernetes-ca, etcd-ca, front-proxy-ca are on no host");
    expect(existsSync(`${folder}/pki`)).to.equal(false);
    measured("adopt", (await play("adopt")).seconds);
    expect(new Set(lastSummary().changes.map(({ host }) => host))).to.include("localhost");
    expect(existsSync(`${folder}/pki/kubernetes-ca.key`)).to.equal(false);
    expect(readFileSync(`${folder}/pki/kubernetes-signing-ca.key`, "utf8")).to.contain("PRIVATE KEY");
    expect(await workload()).to.deep.equal(earlier);
  });

  it("is not adopted twice", async () => {
    const { code, output } = await program("play", "adopt");
    expect(code).not.to.equal(0);
    expect(output).to.contain("overwrites nothing");
  });

  it("is as it was for site, which changes no host and says that keys are lost", async () => {
    const { output } = await play("site");
    expect(lastSummary().changes.filter(({ host }) => host !== "localhost")).to.deep.equal([]);
    expect(output).to.contain("is lost, so it can issue nothing").and.contain("rotate=kubernetes-ca certs");
  });

  it("gets new CAs once pods trust them, without the old keys", async () => {
    const first = await program("play", "-e", `rotate=${cas}`, "certs");
    measured("rotate, until pods must follow", first.seconds);
    expect(first.code).not.to.equal(0);
    expect(first.output).to.match(/these pods have read the CA.*kube-system\/coredns/s);
    for (const kind of ["deployment", "daemonset"]) {
      const listed = await kubectl(
        "get",
        kind,
        "-A",
        "-o",
        "jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}",
      );
      for (const one of listed.trim().split(" ").filter(Boolean)) {
        const [namespace = "", name = ""] = one.split("/");
        await kubectl("-n", namespace, "rollout", "restart", `${kind}/${name}`);
        await kubectl("-n", namespace, "rollout", "status", `${kind}/${name}`, "--timeout=180s");
      }
    }
    measured("rotate, the rest", (await play("-e", `rotate=${cas}`, "certs")).seconds);
    expect(readFileSync(`${folder}/pki/kubernetes-ca.key`, "utf8")).to.contain("PRIVATE KEY");
    await play("site");
    expect(lastSummary().changes).to.deep.equal([]);
    expect(await workload()).to.deep.equal(earlier);
  });

  it("trusts the new ones alone at the end, and site has nothing to do", async () => {
    measured("drop", (await play("-e", `drop=${cas}`, "certs")).seconds);
    await play("site");
    expect(lastSummary().changes).to.deep.equal([]);
    expect(await workload()).to.deep.equal(earlier);
    expect((await kubectl("get", "nodes", "--no-headers")).match(/ Ready /g)).to.have.length(2);
  });
});
