import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { lastSummary, measured, type as run } from "../cluster/lab.ts";
import { folder, inventory, lab, program } from "./small-cluster.ts";

const authorities = ["kubernetes-ca", "etcd-ca", "front-proxy-ca"];
const external = ["-e", `pki_external=${JSON.stringify(authorities)}`];

/** A whole cluster whose CAs are operated by openssl, in a folder that kubeplay never sees. */
describe("a cluster with certificates by CAs elsewhere", () => {
  const elsewhere = mkdtempSync(path.join(tmpdir(), "cas-"));

  const openssl = async (...args: string[]): Promise<void> => {
    const { code, output } = await run("openssl", ...args);
    if (code !== 0) throw new Error(output);
  };
  const requests = (): string[] =>
    readdirSync(`${folder}/requests`, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".csr"))
      .map((name) => path.join(folder, "requests", name.replace(/\.csr$/, "")));
  const issueAll = async (): Promise<void> => {
    for (const request of requests()) {
      const ca = request.includes("front-proxy")
        ? "front-proxy-ca"
        : request.includes("etcd")
          ? "etcd-ca"
          : "kubernetes-ca";
      const by = ["-CA", `${folder}/pki/${ca}.crt`, "-CAkey", `${elsewhere}/${ca}`, "-CAserial", `${elsewhere}/serial`];
      const how = ["-CAcreateserial", "-copy_extensions", "copy", "-days", "365"];
      await openssl("x509", "-req", "-in", `${request}.csr`, ...by, ...how, "-out", `${request}.crt`);
    }
  };
  const site = (...args: readonly string[]) => program("play", ...external, ...args, "site");

  const makeAuthorities = async (): Promise<void> => {
    mkdirSync(`${folder}/pki`, { recursive: true, mode: 0o700 });
    for (const ca of authorities) {
      const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"];
      const subject = ["-subj", `/O=Example/CN=Example ${ca}`, "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
      await openssl(
        "req",
        "-x509",
        ...curve,
        ...subject,
        "-keyout",
        `${elsewhere}/${ca}`,
        "-out",
        `${folder}/pki/${ca}.crt`,
      );
    }
  };

  before("make the CAs", () => lab.makeAnew(makeAuthorities));
  after("remove it", async () => {
    rmSync(elsewhere, { recursive: true, force: true });
    await lab.remove();
  });

  it("is not begun before its certificates are there: the run lists its requests", async () => {
    const { code, output, seconds } = await site();
    measured("site, until it ends with the list of requests", seconds);
    expect(code, output).to.equal(2);
    expect(output).to.include(`${folder}/requests/life-master/kube-apiserver.csr, by kubernetes-ca`);
    expect(requests()).to.have.length(17);
  });

  it("is made once they are there, with nothing else to do in a second run", async () => {
    await issueAll();
    const { code, output, seconds } = await site();
    measured("site, with the certificates", seconds);
    expect(code, output).to.equal(0);
    expect((await site()).code).to.equal(0);
    expect(lastSummary().changes).to.deep.equal([]);
  });

  it("serves metrics, joins its nodes, and has no key of a CA but the kubelets' on the controller", async () => {
    const keys = readdirSync(`${folder}/pki`).filter((name) => name.endsWith("-ca.key"));
    expect(keys).to.deep.equal(["kubernetes-signing-ca.key"]);
    const { output } = await program("kubectl", "get", "apiservice", "v1beta1.metrics.k8s.io", "--no-headers");
    expect(output).to.match(/\sTrue\s/);
    const nodes = (await program("kubectl", "get", "nodes", "--no-headers")).output.trim().split("\n");
    expect(nodes).to.have.length(2);
    for (const node of nodes) expect(node).to.match(/\sReady\s/);
  });

  it("renews its certificates: the run asks for them, and another one rolls them out", async () => {
    const asked = await run("npm", "run", "-s", "play", "--", "-i", inventory, ...external, "-e", "renew=all", "certs");
    expect(asked.code, asked.output).to.equal(0);
    expect(asked.output).to.include("are to be issued again by CAs elsewhere");
    await issueAll();
    const { code, output, seconds } = await program("play", ...external, "certs");
    measured("certs, with the renewed certificates", seconds);
    expect(code, output).to.equal(0);
    expect(lastSummary().changes.map(({ task }) => task)).to.include.members(["Request admin", "Restart etcd"]);
    expect((await program("kubectl", "get", "--raw", "/readyz")).output).to.include("ok");
    expect((await site()).code).to.equal(0);
    expect(lastSummary().changes).to.deep.equal([]);
  });
});
