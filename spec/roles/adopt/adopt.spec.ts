import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { expect } from "chai";
import { inspectAll } from "#engine/pki/inspect.ts";
import { caBundle, encryptionPath, kubeconfigPath, pkiPath, serviceAccountKeys, trustBundle } from "#cluster/paths.ts";
import { pairsIn } from "#roles/adopt/addons.ts";
import { clusterPart, nothingToLose } from "#roles/adopt/cluster-part.ts";
import { findingsOf, type HostPart } from "#roles/adopt/findings.ts";
import { writePki } from "#roles/adopt/write.ts";
import { placesOf, publicKeysIn, signingCa } from "#roles/adopt/places.ts";
import { parseEncryption } from "#cluster/encryption/config.ts";
import type { Task } from "#engine/tasks/task.ts";
import { leaves } from "#cluster/certificate-table.ts";
import { authority, by, issued } from "../../lib/engine/pki/issued.ts";
import { keepAll, type Kept } from "../../lib/engine/resources/on-controller.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { master, tasksFor } from "../pki/lab.ts";

const masters = [master(11), master(12)];
const cluster = "kubeplay";

/** What the roles have copied to a master: its files by their paths, with their keys. */
function filesOn(host: string): Map<string, string> {
  const text = (file: string): string => readFileSync(file, "utf8");
  const at = (name: string): string => pkiPath(cluster, name);
  const files = placesOf(host).flatMap(({ path, name }) =>
    path.endsWith(".kubeconfig")
      ? [[path, text(kubeconfigPath(cluster, name as "scheduler"))] as const]
      : ([
          [path, text(`${at(name)}.crt`)],
          [path.replace(/crt$/, "key"), text(`${at(name)}.key`)],
        ] as const),
  );
  return new Map([
    ...files,
    ["/etc/kubernetes/pki/ca-bundle.crt", text(caBundle(cluster))],
    ["/etc/etcd/pki/ca.crt", text(trustBundle(cluster, "etcd-ca"))],
    ["/etc/kubernetes/pki/front-proxy-ca.crt", text(trustBundle(cluster, "front-proxy-ca"))],
    ["/etc/kubernetes/pki/encryption.yaml", text(encryptionPath(cluster))],
    ["/etc/kubernetes/pki/service-account.key", text(at("service-account.key"))],
    ["/etc/kubernetes/pki/service-account.pub", text(serviceAccountKeys(cluster))],
  ]);
}

/** As the host's answer has it: certificates alone. */
const partOf = (host: string, files: ReadonlyMap<string, string>): HostPart => ({
  host,
  files: [...files].flatMap(([path, text]) => {
    const encoded = /client-certificate-data: *(\S+)/.exec(text)?.[1];
    const pem = encoded === undefined ? text : Buffer.from(encoded, "base64").toString();
    return pem.includes("BEGIN CERTIFICATE") ? [{ path, pem }] : [];
  }),
  hasSigningKey: true,
  hasTokenKey: true,
  tokenKeys: publicKeysIn(files.get("/etc/kubernetes/pki/service-account.pub") ?? ""),
  encryption: parseEncryption(files.get("/etc/kubernetes/pki/encryption.yaml") ?? ""),
});

describe("the controller's folder, rebuilt from the hosts", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const home = process.cwd();
  before(async () => {
    process.chdir(folder);
    await keepAll(tasksFor(masters));
    cpSync(".kubeplay", "whole", { recursive: true });
  });
  after(() => process.chdir(home));
  beforeEach(() => {
    rmSync(".kubeplay", { recursive: true });
    cpSync("whole", ".kubeplay", { recursive: true });
  });

  const users = leaves({ masters, domain: "cluster.local", serviceCidr: "10.96.0.0/16", extraSans: [] }).filter(
    ({ name }) => name === "admin" || name === "super-admin",
  );

  async function adopt(withoutEncryption?: string): Promise<void> {
    const hosts = new Map(masters.map(({ name }) => [name, filesOn(name)]));
    hosts.get(withoutEncryption ?? "")?.delete("/etc/kubernetes/pki/encryption.yaml");
    const found = findingsOf([...hosts].map(([host, files]) => partOf(host, files)));
    renameSync(".kubeplay", "lost");
    const signed = { users, algorithm: "ecdsa-p256", days: 365 } as const;
    await writePki(pkiPath(cluster), found, (host) => hosts.get(host) ?? new Map<string, string>(), signed);
  }
  afterEach(() => rmSync("lost", { recursive: true, force: true }));

  const same = (file: string): boolean =>
    readFileSync(file, "utf8") === readFileSync(file.replace("/.kubeplay/", "/lost/"), "utf8");

  it("has all that hosts use as it was, and no key of a CA that was on the controller alone", async () => {
    await adopt();
    const tasks = tasksFor(masters);
    const kept = await keepAll(tasks);
    const changed = tasks.filter((_, index) => kept[index]?.outcome === "changed").map(({ name }) => name);
    expect(changed.filter((name) => /^Issue|^Create|rotation/.test(name))).to.deep.equal([]);
    for (const file of [caBundle(cluster), serviceAccountKeys(cluster), encryptionPath(cluster)])
      expect(same(file), file).to.equal(true);
    for (const name of ["kubernetes-ca", "etcd-ca", "front-proxy-ca"])
      expect([existsSync(`${pkiPath(cluster, name)}.crt`), existsSync(`${pkiPath(cluster, name)}.key`)]).to.deep.equal([
        true,
        false,
      ]);
    const [admin] = inspectAll(readFileSync(`${pkiPath(cluster, "super-admin")}.crt`, "utf8"));
    expect(admin?.organizations).to.deep.equal(["system:masters"]);
    expect(admin?.issuer.commonName).to.equal("kubernetes-signing");
  });

  it("is foretold: a check of the tasks that follow names what they will change, and a new user's certificate", async () => {
    const hosts = new Map(masters.map(({ name }) => [name, filesOn(name)]));
    const signed = { users, algorithm: "ecdsa-p256", days: 365 } as const;
    const parts = [...hosts].map(([host, files]) => partOf(host, files));
    const rebuild = clusterPart("Rebuild it", {
      ...{ cluster, servers: [], patience: 1, external: [], signed },
      ...Object.fromEntries(parts.map((part) => [`host ${part.host}`, part] as const)),
    });
    const names = (tasks: readonly Task[], kept: readonly Kept[]): string[] =>
      tasks.filter((_, index) => kept[index]?.outcome === "changed").map(({ name }) => name);
    renameSync(".kubeplay", "lost");
    const foretold = names([rebuild, ...tasksFor(masters)], await keepAll([rebuild, ...tasksFor(masters)], true));
    renameSync("lost", ".kubeplay");
    await adopt();
    const changed = names(tasksFor(masters), await keepAll(tasksFor(masters)));
    expect(foretold).to.have.members(["Rebuild it", "Issue admin", "Issue super-admin", ...changed]);
  });

  it("has the keys of encryption from whichever master has them", async () => {
    for (const { name } of masters) {
      await adopt(name);
      expect(same(encryptionPath(cluster)), name).to.equal(true);
      rmSync(".kubeplay", { recursive: true });
      renameSync("lost", ".kubeplay");
    }
  });

  it("still trusts an old CA whose rotation was under way", async () => {
    const all = "kubernetes-ca,etcd-ca,front-proxy-ca,service-account";
    await keepAll(tasksFor(masters, { rotate: all, rotation_phase: "trust" }));
    await keepAll(tasksFor(masters, { rotate: all, rotation_phase: "issue" }));
    // Hosts have a leaf of each CA, and the bundles with both.
    await keepAll(tasksFor(masters));
    await adopt();
    await keepAll(tasksFor(masters));
    const names = ["kubernetes-ca", "etcd-ca", "front-proxy-ca"] as const;
    for (const file of [
      caBundle(cluster),
      serviceAccountKeys(cluster),
      ...names.map((one) => trustBundle(cluster, one)),
    ])
      expect(same(file), file).to.equal(true);
  });

  it("is not made of hosts of two clusters, nor without a master's key", async () => {
    const [own, key] = [
      partOf("master-11", filesOn("master-11")),
      { hasSigningKey: false, hasTokenKey: false, tokenKeys: [], encryption: undefined },
    ];
    const other = (await authority("kubernetes")).pem;
    const stranger = { host: "n-1", files: [{ path: "/etc/kubernetes/pki/ca-bundle.crt", pem: other }], ...key };
    expect(() => findingsOf([own, stranger])).to.throw("n-1 trusts another kubernetes-ca than the other hosts");
    expect(() => findingsOf([{ ...own, ...key }])).to.throw(`no host of the inventory has the key of ${signingCa}`);
  });
});

describe("the controller's folder that adopt would replace", () => {
  const check = subject(nothingToLose("t", { cluster }));
  const there = { sha256: "a", size: 1, mode: 0o600 };

  it("is lost only if nothing of it is left, such as the keys of encryption that an operator has copied there", () => {
    expect(check.diff({})).to.deep.equal([]);
    for (const found of [{ ca: there }, { caKey: there }, { encryption: there }])
      expect(() => check.diff(found)).to.throw("overwrites nothing");
  });
});

describe("the certificates of addons", () => {
  it("are found in Secrets by their CA and their keys", async () => {
    const ca = await authority("kubernetes");
    const [is, stranger] = [await issued("metrics-server", by(ca)), await issued("metrics-server")];
    const secret = (...texts: string[]) => ({
      data: Object.fromEntries(texts.map((text, index) => [String(index), Buffer.from(text).toString("base64")])),
    });
    const secrets = [
      secret("token", is.pem, is.keyPem),
      secret(stranger.pem, stranger.keyPem),
      secret(is.pem, stranger.keyPem),
      {},
    ];
    expect(pairsIn(secrets, ca.certificate, ["addons/metrics-server"])).to.deep.equal([
      { name: "addons/metrics-server", certificate: is.pem, key: is.keyPem },
    ]);
    expect(pairsIn(secrets, ca.certificate, ["addons/registry"])).to.deep.equal([]);
  });
});
