import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { expect } from "chai";
import { readKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { lastSummary, measured } from "../cluster/lab.ts";
import { addresses, changes, cluster, folder, loaded, makeCluster, removeLab } from "./rotating-cluster.ts";

interface Listed {
  readonly name: string;
  readonly fingerprint: string;
  readonly files: readonly string[];
  readonly isCa: boolean;
}

const listed = async (): Promise<readonly Listed[]> => {
  const { code, output } = await cluster.program("certs", "--output", "json");
  expect(code, output).to.equal(0);
  return (JSON.parse(output) as { certificates: Listed[] }).certificates;
};
const fingerprintOf = async (name: string): Promise<string | undefined> =>
  (await listed()).find((one) => one.name === name)?.fingerprint;

/** The answer of an API server to a client that trusts these CAs: its status, or why there is none. */
const answer = (ca: string, auth: { token: string } | { cert: string; key: string }): Promise<number | string> =>
  new Promise((resolve) => {
    const { token, ...pair } = { token: undefined, ...auth };
    const options = {
      host: addresses["rot-1"],
      port: 6443,
      path: "/version",
      ca,
      agent: false,
      ...pair,
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    } as const;
    request(options, (response) => resolve(response.resume().statusCode ?? 0))
      .on("error", (error: Error & { code?: string }) => resolve(error.code ?? error.message))
      .end();
  });

describe("the rotation of CAs and keys under load", function () {
  before("make a cluster", () => makeCluster());

  after("remove it", removeLab);

  it("is refused while a member of etcd is down, and changes nothing", async () => {
    await cluster.sure("rot-3", "systemctl stop etcd");
    try {
      const { code, output } = await cluster.tryPlay("-e", "rotate=etcd-ca", "certs");
      expect(code, output).to.equal(2);
      expect(output).to.contain("nothing is rotated: the member of etcd on rot-3 is not healthy");
      expect(existsSync(`${folder}/pki/etcd-ca-next.crt`)).to.equal(false);
    } finally {
      await cluster.sure("rot-3", "systemctl start etcd");
    }
    await cluster.isWell(4);
  });

  it("replaces the CAs of etcd and of the front proxy, as --check foretells", async () => {
    const before = await fingerprintOf("etcd-ca");
    await cluster.play("--check", "-e", "rotate=etcd-ca,front-proxy-ca", "certs");
    const foreseen = changes();
    await loaded("rotate=etcd-ca,front-proxy-ca", () => cluster.play("-e", "rotate=etcd-ca,front-proxy-ca", "certs"));
    expect(changes()).to.deep.equal(foreseen);
    expect(await fingerprintOf("etcd-ca")).not.to.equal(before);
    expect(await fingerprintOf("etcd-ca-previous")).to.equal(before);
    await loaded("drop=etcd-ca,front-proxy-ca", () => cluster.play("-e", "drop=etcd-ca,front-proxy-ca", "certs"));
    expect((await listed()).map(({ fingerprint }) => fingerprint)).not.to.include(before);
    await cluster.isWell(4);
  });

  describe("the cluster's own CA", () => {
    const admin = () => readKubeconfig(readFileSync(`${folder}/admin.kubeconfig`, "utf8"));
    let old: ReturnType<typeof admin>;
    const asOld = () => answer(old.ca, { cert: old.certificate, key: old.key });

    it("is replaced by runs that are killed again and again, and then by one that is not", async () => {
      old = admin();
      await loaded("rotate=kubernetes-ca, killed again and again", async () => {
        for (let kills = 0; kills < 3; kills++) {
          const seconds = 20 + Math.random() * 60;
          if (!(await cluster.killedAfter(seconds, "-e", "rotate=kubernetes-ca", "certs"))) break;
          measured("killed with SIGKILL after", seconds);
        }
        const { seconds } = await cluster.play("-e", "rotate=kubernetes-ca", "certs");
        measured("rotate=kubernetes-ca, until the run ends", seconds);
      });
      await cluster.isWell(4);
      const all = await listed();
      const kubelets = all.filter(({ name }) => name.endsWith("/kubelet-client"));
      expect(kubelets).to.have.length(4);
      expect(all.map(({ name }) => name)).to.include.members([
        "kubernetes-ca-previous",
        "kubernetes-signing-ca-previous",
      ]);
      expect(await asOld(), "a client that knows the old CA alone").to.equal(200);
    });

    it("leaves site nothing to do, which says what comes next", async () => {
      const { output } = await cluster.play("site");
      expect(lastSummary().changes).to.deep.equal([]);
      expect(output).to.contain("-e drop=kubernetes-ca certs");
    });

    it("is dropped only once the pods that read the old one have been restarted", async () => {
      const { code, output } = await cluster.tryPlay("-e", "drop=kubernetes-ca", "certs");
      expect(code, output).to.equal(2);
      expect(output).to.match(/these pods have read the CA of the API before .*kube-system\/coredns-/);
      await cluster.kubectl("-n", "kube-system", "rollout", "restart", "deployment/coredns");
      await cluster.kubectl("-n", "load", "rollout", "restart", "deployment/called");
      await cluster.kubectl("-n", "local-path-storage", "rollout", "restart", "deployment/local-path-provisioner");
      for (const [namespace, name] of [
        ["kube-system", "coredns"],
        ["load", "called"],
        ["local-path-storage", "local-path-provisioner"],
      ] as const)
        await cluster.kubectl("-n", namespace, "rollout", "status", `deployment/${name}`, "--timeout=180s");
      await loaded("drop=kubernetes-ca", () => cluster.play("-e", "drop=kubernetes-ca", "certs"));
      expect(await asOld(), "a client that knows the old CA alone").to.match(/CERT|SIGNATURE|ISSUER/);
      expect(await answer(admin().ca, { cert: old.certificate, key: old.key }), "the old certificate").not.to.equal(
        200,
      );
      await cluster.isWell(4);
    });
  });

  it("replaces the key of service accounts: earlier tokens are accepted until it is dropped", async () => {
    const { ca } = readKubeconfig(readFileSync(`${folder}/admin.kubeconfig`, "utf8"));
    const newToken = async () =>
      (await cluster.kubectl("-n", "load", "create", "token", "default", "--duration=2h")).trim();
    const before = await newToken();
    await loaded("rotate=service-account", () => cluster.play("-e", "rotate=service-account", "certs"));
    const after = await newToken();
    const kid = (token: string): string => Buffer.from(token.split(".")[0] ?? "", "base64url").toString();
    expect(kid(after)).not.to.equal(kid(before));
    expect(await answer(ca, { token: before })).to.equal(200);
    const { code, output } = await cluster.tryPlay("-e", "drop=service-account", "certs");
    expect(code, output).to.equal(2);
    expect(output).to.match(/pods have tokens by the old key until \S+: from then on it is safe, in \d+ minutes/);
    await cluster.play("-e", "drop=service-account", "-e", "drop_anyway=true", "certs");
    expect(await answer(ca, { token: before })).to.equal(401);
    expect(await answer(ca, { token: after })).to.equal(200);
  });
});
