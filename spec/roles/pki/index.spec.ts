import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import { describeKey, parseKey } from "#engine/pki/key.ts";
import { inspect, inspectAll } from "#engine/pki/inspect.ts";
import { parseKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import type { Task } from "#engine/tasks/task.ts";
import { caBundle, kubeconfigPath, pkiPath, type KubeconfigName } from "#cluster/paths.ts";
import { issued } from "../../lib/engine/pki/issued.ts";
import { openssl } from "../../lib/engine/pki/openssl.ts";
import { keepAll } from "../../lib/engine/resources/on-controller.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { master, tasksFor } from "./lab.ts";

const masters = [master(11), master(12), master(13)];

describe("the role pki", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const home = process.cwd();
  before(() => process.chdir(folder));
  after(() => process.chdir(home));

  const changed = async (tasks: readonly Task[], check = false): Promise<string[]> => {
    const kept = await keepAll(tasks, check);
    return tasks.filter((_, index) => kept[index]?.outcome === "changed").map(({ name }) => name);
  };
  const at = (name: string): string => pkiPath("kubeplay", name);
  const read = (file: string) => inspect(readFileSync(`${at(file)}.crt`, "utf8"));
  const filesIn = (where: string): string[] =>
    readdirSync(where, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));

  it("makes everything on the first run, as predicted by check mode, and nothing on the second", async () => {
    const tasks = tasksFor(masters);
    const foreseen = await changed(tasks, true);
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(await changed(tasks)).to.deep.equal(foreseen);
    // A new cluster has nothing to rotate.
    const making = tasks.filter(({ name }) => !name.startsWith("Keep the rotation"));
    expect(foreseen).to.deep.equal(making.map(({ name }) => name));
    expect(await changed(tasks, true)).to.deep.equal([]);
    expect(await changed(tasks)).to.deep.equal([]);
  });

  it("makes keys and kubeconfigs readable only by their owner", () => {
    const files = filesIn(folder);
    for (const file of files.filter((name) => /\.(key|kubeconfig)$/.test(name)))
      expect(statSync(file).mode & 0o777, file).to.equal(0o600);
    for (const file of files) expect(statSync(path.dirname(file)).mode & 0o777, file).to.equal(0o700);
    expect(files.filter((name) => name.endsWith(".tmp"))).to.deep.equal([]);
  });

  it("issues certificates that openssl verifies for their purpose", () => {
    const verify = (ca: string, purpose: string, names: readonly string[]) =>
      openssl([
        "verify",
        "-x509_strict",
        "-purpose",
        purpose,
        "-CAfile",
        `${at(ca)}.crt`,
        ...names.map((name) => `${at(name)}.crt`),
      ]);
    const each = (name: string): string[] => masters.map((host) => `${host.name}/${name}`);
    for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"])
      verify("kubernetes-ca", "sslserver", each(name));
    const clients = [
      "apiserver-kubelet-client",
      "admin",
      "super-admin",
      "controller-manager",
      "scheduler",
      "kube-proxy",
    ];
    verify("kubernetes-ca", "sslclient", [...clients, "kubelet-csr-approver", "kube-nginx"]);
    for (const purpose of ["sslserver", "sslclient"])
      verify("etcd-ca", purpose, [...each("etcd-server"), ...each("etcd-peer")]);
    verify("etcd-ca", "sslclient", ["apiserver-etcd-client", "etcd-healthcheck-client"]);
    verify("front-proxy-ca", "sslclient", ["front-proxy-client"]);
    expect(() => verify("front-proxy-ca", "sslclient", ["admin"])).to.throw("unable to get local issuer");
    expect(() => verify("kubernetes-ca", "sslserver", ["admin"])).to.throw("unsuitable certificate purpose");
  });

  it("gives kube-apiserver's certificate all its names and addresses", () => {
    const { dns, ips } = read("master-12/kube-apiserver");
    expect(dns).to.deep.equal([
      "master-12",
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
      "localhost",
    ]);
    expect([...ips].sort()).to.deep.equal(["10.0.0.11", "10.0.0.12", "10.0.0.13", "10.96.0.1", "127.0.0.1"]);
  });

  it("bundles the cluster's CA and the kubelets' CA, so that certificates of both are accepted", async () => {
    const bundle = caBundle("kubeplay");
    expect(inspectAll(readFileSync(bundle, "utf8")).map(({ commonName }) => commonName)).to.deep.equal([
      "kubernetes",
      "kubernetes-signing",
    ]);
    const key = parseKey(readFileSync(`${at("kubernetes-signing-ca")}.key`, "utf8"));
    const signing = { certificate: read("kubernetes-signing-ca"), key };
    const kubelet = await issued("system:node:node-1", { organizations: ["system:nodes"], issuer: signing });
    expect(openssl(["verify", "-x509_strict", "-CAfile", bundle], kubelet.pem)).to.contain("OK");
  });

  it("writes kubeconfigs for the controller and for the hosts' own proxies", () => {
    const servers: Record<KubeconfigName, string> = {
      admin: "https://10.0.0.11:6443",
      "admin-on-hosts": "https://127.0.0.1:8443",
      "super-admin": "https://10.0.0.11:6443",
      "controller-manager": "https://127.0.0.1:8443",
      scheduler: "https://127.0.0.1:8443",
      "kube-proxy": "https://127.0.0.1:8443",
      "kubelet-csr-approver": "https://127.0.0.1:8443",
    };
    for (const name of Object.keys(servers) as KubeconfigName[]) {
      const { server, cas, certificates } = parseKubeconfig(readFileSync(kubeconfigPath("kubeplay", name), "utf8"));
      expect(server).to.equal(servers[name]);
      expect(cas).to.have.length(2);
      const user = name === "admin-on-hosts" ? "admin" : name;
      expect(certificates[0]?.fingerprint).to.equal(read(user).fingerprint);
    }
    expect(kubeconfigPath("kubeplay", "admin")).to.equal(
      path.join(process.cwd(), ".kubeplay/kubeplay/admin.kubeconfig"),
    );
  });

  it("makes a pair of RSA keys for service accounts", () => {
    const { algorithm, publicPem } = describeKey(parseKey(readFileSync(`${at("service-account")}.key`, "utf8")));
    expect(algorithm).to.equal("rsa-2048");
    expect(readFileSync(`${at("service-account")}.pub`, "utf8")).to.equal(publicPem);
  });

  it("renews nothing that this program has just issued, and only certificates of CAs that it knows", async () => {
    expect(await changed(tasksFor(masters, { renew: "all" }), true)).to.deep.equal([]);
    expect(await changed(tasksFor(masters, { renew: "addons/registry, hubble/relay" }), true)).to.deep.equal([]);
    const refusal = (renew: string) => expect(() => tasksFor(masters, { renew })).to.throw(InputError);
    refusal("admn").with.property("message").that.contains('no certificate "admn"; did you mean "admin"?');
    refusal("admin,etcd-ca").with.property("message").that.contains("etcd-ca is a CA");
  });

  it("renews the named certificate alone, and what contains it", async () => {
    const [ca, key] = ["crt", "key"].map((suffix) => readFileSync(`${at("kubernetes-ca")}.${suffix}`, "utf8"));
    const issuer = { certificate: inspect(ca!), key: parseKey(key!) };
    const yesterday = new Date(Date.now() - 24 * 3600 * 1000);
    const options = { organizations: ["kubeadm:cluster-admins"], days: 300, now: yesterday, issuer };
    const old = await issued("kubernetes-admin", options);
    writeFileSync(`${at("admin")}.crt`, old.pem);
    writeFileSync(`${at("admin")}.key`, old.keyPem);
    const kubeconfigs = ["Write the kubeconfig of admin", "Write the kubeconfig of admin-on-hosts"];
    expect(await changed(tasksFor(masters))).to.deep.equal(kubeconfigs);
    expect(await changed(tasksFor(masters, { renew: "scheduler" }), true)).to.deep.equal([]);
    expect(await changed(tasksFor(masters, { renew: "admin" }))).to.deep.equal(["Issue admin", ...kubeconfigs]);
    expect(await changed(tasksFor(masters, { renew: "admin" }))).to.deep.equal([]);
  });

  it("reissues only kube-apiserver's certificates for an additional name", async () => {
    const more = tasksFor(masters, { apiserver_extra_sans: ["api.example.org", "192.0.2.1"] });
    expect(await changed(more, true)).to.deep.equal(masters.map(({ name }) => `Issue ${name}/kube-apiserver`));
    expect(await changed(more)).to.deep.equal(masters.map(({ name }) => `Issue ${name}/kube-apiserver`));
    expect(read("master-11/kube-apiserver").dns).to.include("api.example.org");
    expect(await changed(more)).to.deep.equal([]);
    expect(await changed(tasksFor(masters))).to.have.length(3);
  });

  it("issues an additional master's certificates, and reissues every kube-apiserver's", async () => {
    const four = tasksFor([...masters, master(14)]);
    const names = await changed(four);
    expect(names.filter((name) => !name.includes("master-14"))).to.deep.equal(
      masters.map(({ name }) => `Issue ${name}/kube-apiserver`),
    );
    expect(names.filter((name) => name.includes("master-14"))).to.have.length(5);
    await changed(tasksFor(masters));
  });

  it("puts a host's name into the DNS names, and an IPv6 address into a valid URL", async () => {
    const one = tasksFor([master(1, "cp-1.example.org")], { cluster_name: "named" });
    await changed(one);
    const { dns, ips } = inspect(readFileSync(pkiPath("named", "master-1", "etcd-peer.crt"), "utf8"));
    expect(dns).to.deep.equal(["master-1", "localhost", "cp-1.example.org"]);
    expect(ips).to.deep.equal(["127.0.0.1", "::1"]);
    await changed(tasksFor([master(1, "fd00::1")], { cluster_name: "six" }));
    const { server } = parseKubeconfig(readFileSync(kubeconfigPath("six", "admin"), "utf8"));
    expect(server).to.equal("https://[fd00::1]:6443");
  });

  it("refuses invalid variables before anything is made", () => {
    expect(() => tasksFor(masters, { pki_leaf_days: 90 }))
      .to.throw(InputError)
      .with.property("message")
      .that.contains("pki_renew_before_days is 90, but certificates are valid for pki_leaf_days, 90");
    expect(() => tasksFor([])).to.throw("masters");
  });

  it("makes all certificates with another algorithm if requested", async () => {
    await changed(tasksFor([master(1)], { cluster_name: "strong", pki_algorithm: "ecdsa-p384" }));
    for (const file of filesIn(pkiPath("strong")).filter((name) => name.endsWith(".crt")))
      expect(inspect(readFileSync(file, "utf8")).algorithm, file).to.equal("ecdsa-p384");
  });
});
