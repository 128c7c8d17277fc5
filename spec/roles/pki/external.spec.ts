import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { inspect, inspectAll } from "#engine/pki/inspect.ts";
import { issue as issuePem } from "#engine/pki/issue.ts";
import { parseKey } from "#engine/pki/key.ts";
import type { Task } from "#engine/tasks/task.ts";
import { pkiPath, requestPath } from "#cluster/paths.ts";
import { openssl } from "../../lib/engine/pki/openssl.ts";
import { keepAll } from "../../lib/engine/resources/on-controller.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { renewed } from "#roles/pki/certificate-fit.ts";
import { master, tasksFor } from "./lab.ts";

const masters = [master(11), master(12)];
const all = ["kubernetes-ca", "etcd-ca", "front-proxy-ca"] as const;
const apiserver = "master-11/kube-apiserver";

/** The CAs of somebody else, whose keys are in a folder of their own, operated by openssl alone. */
describe("CAs whose keys are elsewhere", () => {
  const folder = temporaryFolder();
  const elsewhere = temporaryFolder();
  const home = process.cwd();
  before(() => process.chdir(folder));
  after(() => process.chdir(home));

  const at = (name: string, suffix = "crt"): string => `${pkiPath("kubeplay", name)}.${suffix}`;
  const request = (name: string, suffix: string): string => `${requestPath("kubeplay", name)}.${suffix}`;
  const tasks = (change: Parameters<typeof tasksFor>[1] = {}, of = masters) =>
    tasksFor(of, { pki_external: [...all], ...change });
  const kept = async (of: readonly Task[], check = false) => {
    const done = await keepAll(of, check);
    return {
      changed: of.filter((_, index) => done[index]?.outcome === "changed").map(({ name }) => name),
      warnings: done.flatMap(({ warnings }) => warnings),
    };
  };
  const refusal = (of: readonly Task[], check = false): Promise<string> =>
    keepAll(of, check).then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );
  const requests = (): string[] =>
    readdirSync(requestPath("kubeplay"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".csr"))
      .map((name) => name.replace(/\.csr$/, ""));
  const makeAuthority = (name: string): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const subject = [
      "-subj",
      `/O=Example/CN=Example ${name}`,
      "-days",
      "3650",
      "-addext",
      "keyUsage=critical,keyCertSign",
    ];
    openssl(["req", "-x509", ...curve, ...subject, "-keyout", path.join(elsewhere, name), "-out", at(name)]);
  };
  const issue = (name: string, ca: string, ...options: string[]): void => {
    const by = ["-CA", at(ca), "-CAkey", path.join(elsewhere, ca), "-CAcreateserial", "-copy_extensions", "copy"];
    openssl([
      "x509",
      "-req",
      "-in",
      request(name, "csr"),
      ...by,
      "-days",
      "365",
      ...options,
      "-out",
      request(name, "crt"),
    ]);
    rmSync(at(ca, "srl"), { force: true });
  };
  /** Puts in its place a client's certificate for a year that the cluster's CA issued so many days ago. */
  const issuedBefore = (name: string, days: number): void => {
    const { commonName, organizations } = inspect(readFileSync(at(name), "utf8"));
    const issuer = {
      certificate: inspect(readFileSync(at("kubernetes-ca"), "utf8")),
      key: parseKey(readFileSync(path.join(elsewhere, "kubernetes-ca"), "utf8")),
    };
    const now = new Date(Date.now() - days * 24 * 3600 * 1000);
    const key = parseKey(readFileSync(at(name, "key"), "utf8"));
    const old = { commonName, organizations, dns: [], ips: [], profile: "client", days: 365 } as const;
    writeFileSync(at(name), issuePem({ ...old, key, issuer, now }));
  };
  const caOf = (name: string): string =>
    name === "front-proxy-client" ? "front-proxy-ca" : name.includes("etcd") ? "etcd-ca" : "kubernetes-ca";

  it("are asked for all certificates in the first run, which ends there and names each request", async () => {
    const said = await refusal(tasks());
    expect(await refusal(tasks(), true)).to.equal(said);
    for (const ca of all) expect(said).to.include(`pki/${ca}.crt is absent: put the certificate of your CA there`);
    expect(said).to.include(`no host was changed`).and.to.include(`requests/${apiserver}.csr, by kubernetes-ca`);
    expect(requests()).to.include.members(["kubernetes-signing-ca", "admin", "master-12/etcd-peer", apiserver]);
    for (const name of requests()) {
      expect(statSync(request(name, "key")).mode & 0o777, name).to.equal(0o600);
      expect(said).to.include(`${name}.csr, by ${caOf(name)}`);
    }
    expect(readdirSync(pkiPath("kubeplay"))).not.to.include.members(["kubernetes-ca.key", "admin.key"]);
  });

  it("are asked once: another run writes no other requests", async () => {
    const before = readFileSync(request(apiserver, "csr"), "utf8");
    all.forEach(makeAuthority);
    expect(await refusal(tasks())).not.to.include("put the certificate of your CA there");
    expect(readFileSync(request(apiserver, "csr"), "utf8")).to.equal(before);
  });

  for (const [what, options, said] of [
    ["for another subject", ["-subj", "/CN=somebody"], /its subject is CN=somebody, expected CN=kube-apiserver/],
    [
      "without the names",
      ["-copy_extensions", "none"],
      /it lacks the DNS name master-11; .*it lacks the usage server auth/,
    ],
    ["that has expired", ["-days", "-1"], /it expired on 20/],
  ] as const)
    it(`have their certificate refused ${what}`, async () => {
      issue(apiserver, "kubernetes-ca", ...options);
      expect(await refusal(tasks()))
        .to.match(said)
        .and.to.include(`requests/${apiserver}.crt is not what`);
      rmSync(request(apiserver, "crt"));
    });

  it("have their certificate refused by another CA, and for another key", async () => {
    issue(apiserver, "etcd-ca");
    expect(await refusal(tasks())).to.match(
      /it is issued by CN=Example etcd-ca, O=Example, expected by .*kubernetes-ca\.crt/,
    );
    issue("master-12/kube-apiserver", "kubernetes-ca");
    writeFileSync(request(apiserver, "crt"), readFileSync(request("master-12/kube-apiserver", "crt")));
    expect(await refusal(tasks())).to.include("it is for another key");
    rmSync(request(apiserver, "crt"));
  });

  it("continue the run once all certificates are there, as check mode says, and no CA key is on the controller", async () => {
    for (const name of requests()) issue(name, caOf(name));
    const foreseen = await kept(tasks(), true);
    const done = await kept(tasks());
    expect(done.changed).to.deep.equal(foreseen.changed);
    expect(done.changed).to.include.members([`Request ${apiserver}`, "Bundle the cluster's CAs"]);
    expect(requests()).to.deep.equal([]);
    expect(await kept(tasks())).to.deep.equal({ changed: [], warnings: [] });
    for (const ca of all) expect(existsSync(at(ca, "key")), ca).to.equal(false);
    expect(inspect(readFileSync(at(apiserver), "utf8")).issuer.commonName).to.equal("Example kubernetes-ca");
    const chain = ["-CAfile", at("kubernetes-ca"), "-purpose", "sslserver"];
    expect(openssl(["verify", "-x509_strict", ...chain, at(apiserver)])).to.match(/OK\s*$/);
  });

  it("issue again what gets other names: the run ends, and the old pair stays until then", async () => {
    const more = { apiserver_extra_sans: ["api.example"] };
    const old = readFileSync(at(apiserver), "utf8");
    expect(await refusal(tasks(more)))
      .to.include(`requests/${apiserver}.csr`)
      .and.not.to.include("admin.csr");
    expect(readFileSync(at(apiserver), "utf8")).to.equal(old);
    for (const name of requests()) issue(name, "kubernetes-ca");
    expect((await kept(tasks(more))).changed).to.deep.equal(
      masters.map(({ name }) => `Request ${name}/kube-apiserver`),
    );
  });

  it("are asked in time for those that near their end, by a warning, and the run goes on", async () => {
    const more = { apiserver_extra_sans: ["api.example"] };
    issuedBefore("admin", 300);
    const { changed, warnings } = await kept(tasks(more));
    expect(changed).to.include("Request admin").and.not.to.include("Request scheduler");
    expect(warnings.join()).to.match(/are to be issued again by CAs elsewhere: admin\. The requests are in .*requests/);
    issue("admin", "kubernetes-ca");
    expect((await kept(tasks(more))).changed).to.include("Request admin");
    expect((await kept(tasks(more))).warnings).to.deep.equal([]);
  });

  it("renew what is named, also by the run that finds the certificate there", async () => {
    const more = { apiserver_extra_sans: ["api.example"], renew: "scheduler" };
    issuedBefore("scheduler", 1);
    // This program has put it in place itself: another one has not.
    expect((await kept(tasks(more))).changed).not.to.include("Request scheduler");
    renewed.clear();
    expect((await kept(tasks(more))).changed).to.deep.equal(["Request scheduler"]);
    expect((await kept(tasks(more))).changed).to.deep.equal([]);
    issue("scheduler", "kubernetes-ca");
    const foreseen = await kept(tasks(more), true);
    expect((await kept(tasks(more))).changed)
      .to.deep.equal(foreseen.changed)
      .and.include("Request scheduler");
    expect(requests()).to.deep.equal([]);
  });

  it("may be intermediates: what they issue is sent with them", async () => {
    openssl([
      "req",
      "-new",
      "-key",
      path.join(elsewhere, "etcd-ca"),
      "-subj",
      "/CN=below",
      "-out",
      path.join(elsewhere, "csr"),
    ]);
    const extensions = path.join(elsewhere, "extensions");
    writeFileSync(extensions, "basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n");
    const by = ["-CA", at("kubernetes-ca"), "-CAkey", path.join(elsewhere, "kubernetes-ca"), "-CAcreateserial"];
    openssl(["x509", "-req", "-in", path.join(elsewhere, "csr"), ...by, "-extfile", extensions, "-out", at("etcd-ca")]);
    const more = { apiserver_extra_sans: ["api.example"] };
    expect(await refusal(tasks(more))).to.include("requests/apiserver-etcd-client.csr, by etcd-ca");
    for (const name of requests()) issue(name, "etcd-ca");
    await kept(tasks(more));
    const [leaf, link] = inspectAll(readFileSync(at("apiserver-etcd-client"), "utf8"));
    expect([leaf?.issuer.commonName, link?.commonName]).to.deep.equal(["below", "below"]);
  });

  it("are not rotated here", () => {
    for (const rotate of ["etcd-ca", "kubernetes-signing-ca"])
      expect(() => tasks({ rotate, rotation_phase: "trust" })).to.throw(
        `${rotate} cannot be rotated: a CA elsewhere issues it (pki_external)`,
      );
  });
});
