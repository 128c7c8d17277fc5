import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import { inspect, inspectAll } from "#engine/pki/inspect.ts";
import { describeKey, parseKey } from "#engine/pki/key.ts";
import { parseKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import type { Task } from "#engine/tasks/task.ts";
import { caBundle, issuerBundle, kubeconfigPath, pkiPath, serviceAccountKeys, trustBundle } from "#cluster/paths.ts";
import { openssl } from "../../lib/engine/pki/openssl.ts";
import { failureOf, keepAll, type Kept } from "../../lib/engine/resources/on-controller.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { master, tasksFor } from "./lab.ts";

const masters = [master(11)];

describe("the rotation of a CA", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const home = process.cwd();
  before(() => process.chdir(folder));
  after(() => process.chdir(home));

  const at = (name: string): string => pkiPath("kubeplay", name);
  const text = (name: string): string => readFileSync(at(name), "utf8");
  const print = (name: string): string => inspect(text(name)).fingerprint;
  const prints = (file: string): string[] =>
    inspectAll(readFileSync(file, "utf8")).map(({ fingerprint }) => fingerprint);
  const rotating = (rotate: string, phase: "trust" | "issue" = "trust"): readonly Task[] =>
    tasksFor(masters, { rotate, rotation_phase: phase });
  const dropping = (drop: string): readonly Task[] => tasksFor(masters, { drop, rotation_phase: "trust" });
  const changed = (tasks: readonly Task[], kept: readonly Kept[]): string[] =>
    tasks.filter((_, index) => kept[index]?.outcome === "changed").map(({ name }) => name);
  /** Runs the tasks for real, after a check that must foresee the same. */
  async function run(tasks: readonly Task[]): Promise<string[]> {
    const foreseen = changed(tasks, await keepAll(tasks, true));
    const done = changed(tasks, await keepAll(tasks));
    expect(done).to.deep.equal(foreseen);
    return done;
  }
  const verify = (trusted: string, file: string): string =>
    openssl(["verify", "-purpose", "sslserver", "-CAfile", trusted, "-untrusted", file, file]);

  before("make everything", async () => {
    await keepAll(tasksFor(masters));
    cpSync(".kubeplay", "whole", { recursive: true });
  });
  beforeEach(() => {
    rmSync(".kubeplay", { recursive: true });
    cpSync("whole", ".kubeplay", { recursive: true });
  });

  describe("whose key is lost", () => {
    const cas = ["kubernetes-ca", "etcd-ca", "front-proxy-ca"];
    beforeEach(() => {
      for (const name of cas) rmSync(at(`${name}.key`));
    });

    it("lets what it issued stay, with a warning that says what to do", async () => {
      const tasks = tasksFor(masters);
      const kept = await keepAll(tasks);
      expect(changed(tasks, kept)).to.deep.equal([]);
      const warnings = kept.flatMap((one) => one.warnings).join("\n");
      for (const name of cas) expect(warnings).to.match(new RegExp(`${name}\\.crt is lost.*-e rotate=${name} certs`));
    });

    it("keeps a certificate that no longer fits, and refuses to make one", async () => {
      const more = tasksFor(masters, { apiserver_extra_sans: ["api.example.org"] });
      const kept = await keepAll(more);
      expect(changed(more, kept)).to.deep.equal([]);
      expect(kept.flatMap((one) => one.warnings).join("\n")).to.match(/kube-apiserver.crt stays.*\(DNS names\)/);
      const another = tasksFor([...masters, master(12)]);
      expect(await failureOf(keepAll(another))).to.match(/etcd-ca.crt, has lost its key: .* or replace the CA/);
    });

    it("is replaced without it: both are trusted, and the new one issues", async () => {
      const [old, all] = [print("kubernetes-ca.crt"), cas.join(",")];
      const done = await run(rotating(all));
      expect(done.filter((name) => name.startsWith("Issue"))).to.deep.equal([]);
      const next = print("kubernetes-ca-next.crt");
      expect(prints(trustBundle("kubeplay", "kubernetes-ca"))).to.deep.equal([old, next]);
      await run(rotating(all, "issue"));
      expect([print("kubernetes-ca.crt"), existsSync(at("kubernetes-ca-cross.crt"))]).to.deep.equal([next, false]);
      expect(prints(trustBundle("kubeplay", "kubernetes-ca"))).to.deep.equal([old, next]);
      openssl(["verify", "-CAfile", at("kubernetes-ca.crt"), at("scheduler.crt")]);
      openssl(["verify", "-CAfile", at("etcd-ca.crt"), at("master-11/etcd-server.crt")]);
      expect(await run(tasksFor(masters))).to.deep.equal([]);
      await run(dropping(all));
      expect(prints(trustBundle("kubeplay", "kubernetes-ca"))).to.deep.equal([next]);
    });

    it("lets the signing CA be replaced only with it", async () =>
      expect(await failureOf(keepAll(rotating("kubernetes-signing-ca")))).to.match(
        /cannot be replaced alone: the key of .*kubernetes-ca.crt, which issues it, is lost/,
      ));
  });

  it("trusts a new CA first, and issues nothing by it", async () => {
    const old = { root: print("kubernetes-ca.crt"), signing: print("kubernetes-signing-ca.crt") };
    const done = await run(rotating("kubernetes-ca"));
    expect(done.filter((name) => name.startsWith("Issue"))).to.deep.equal([]);
    expect(print("kubernetes-ca.crt")).to.equal(old.root);
    const [root, signing] = [print("kubernetes-ca-next.crt"), print("kubernetes-signing-ca-next.crt")];
    expect(prints(caBundle("kubeplay"))).to.deep.equal([old.root, old.signing, root, signing]);
    expect(prints(trustBundle("kubeplay", "kubernetes-ca"))).to.deep.equal([old.root, root]);
    expect(prints(issuerBundle("kubeplay"))).to.deep.equal([old.root, old.signing]);
    const { cas } = parseKubeconfig(readFileSync(kubeconfigPath("kubeplay", "scheduler"), "utf8"));
    expect(cas.map(({ fingerprint }) => fingerprint)).to.deep.equal([old.root, old.signing, root, signing]);
    // The new signing CA is by the new root.
    openssl(["verify", "-CAfile", at("kubernetes-ca-next.crt"), at("kubernetes-signing-ca-next.crt")]);
    expect(await run(rotating("kubernetes-ca"))).to.deep.equal([]);
  });

  it("then issues all by the new one, which those who trust only the old one accept, and those who trust only the new", async () => {
    const old = { root: text("kubernetes-ca.crt"), etcd: print("master-11/etcd-server.crt") };
    writeFileSync("old-root.crt", old.root);
    await run(rotating("kubernetes-ca"));
    const next = print("kubernetes-ca-next.crt");
    const trusted = readFileSync(caBundle("kubeplay"), "utf8");
    await run(rotating("kubernetes-ca", "issue"));
    // Otherwise everything that trusts them would restart once more.
    expect(readFileSync(caBundle("kubeplay"), "utf8")).to.equal(trusted);
    expect(print("kubernetes-ca.crt")).to.equal(next);
    expect(readdirSync(at("")).filter((name) => name.includes("-next"))).to.deep.equal([]);
    for (const trusted of ["old-root.crt", at("kubernetes-ca.crt"), caBundle("kubeplay")])
      expect(verify(trusted, at("master-11/kube-apiserver.crt"))).to.contain("OK");
    expect(prints(caBundle("kubeplay"))).to.have.length(4);
    expect(prints(issuerBundle("kubeplay"))).to.deep.equal([next, print("kubernetes-signing-ca.crt")]);
    const [leaf, cross] = inspectAll(text("master-11/kube-apiserver.crt"));
    expect(new X509Certificate(cross!.pem).verify(new X509Certificate(old.root).publicKey)).to.equal(true);
    expect(leaf?.issuer.commonName).to.equal("kubernetes");
    expect(print("master-11/etcd-server.crt")).to.equal(old.etcd);
    const key = parseKey(text("kubernetes-ca.key"));
    expect(describeKey(key).publicKey).to.equal(inspect(text("kubernetes-ca.crt")).publicKey);
    expect(await run(rotating("kubernetes-ca", "issue"))).to.deep.equal([]);
    expect(await run(tasksFor(masters))).to.deep.equal([]);
  });

  it("drops the old one on request only, and issues once more without a way to it", async () => {
    await run(rotating("etcd-ca"));
    await run(rotating("etcd-ca", "issue"));
    expect(prints(trustBundle("kubeplay", "etcd-ca"))).to.have.length(2);
    const done = await run(dropping("etcd-ca"));
    expect(done).to.include.members(["Issue master-11/etcd-peer", "Bundle what is trusted as etcd-ca"]);
    expect(done).not.to.include("Issue admin");
    expect(prints(trustBundle("kubeplay", "etcd-ca"))).to.deep.equal([print("etcd-ca.crt")]);
    expect(prints(at("master-11/etcd-peer.crt"))).to.have.length(1);
    expect(readdirSync(at("")).filter((name) => /-(next|previous|cross)/.test(name))).to.deep.equal([]);
    expect(await run(dropping("etcd-ca"))).to.deep.equal([]);
  });

  it("is kept by a run that does not rotate, which says so", async () => {
    await run(rotating("front-proxy-ca"));
    const warned = async (): Promise<string> =>
      (await keepAll(tasksFor(masters))).flatMap(({ warnings }) => warnings).join("\n");
    expect(await run(tasksFor(masters))).to.deep.equal([]);
    expect(await warned()).to.match(/front-proxy-ca is under way.*-e rotate=front-proxy-ca certs$/);
    await run(rotating("front-proxy-ca", "issue"));
    expect(await run(tasksFor(masters))).to.deep.equal([]);
    expect(await warned()).to.match(/^front-proxy-ca was replaced.*-e drop=front-proxy-ca certs$/);
  });

  /** What the run after an interruption must find, however far the replacement got. */
  const isReplaced = (name: string, next: string): void => {
    expect(print(`${name}.crt`)).to.equal(next);
    expect(describeKey(parseKey(text(`${name}.key`))).publicKey).to.equal(inspect(text(`${name}.crt`)).publicKey);
    expect(existsSync(at(`${name}-next.crt`))).to.equal(false);
  };

  const written = ["-cross.crt", "-previous.crt", ".key", ".crt"];
  const removed = ["-next.crt", "-next.key"];
  for (const [index, last] of [...written, ...removed].entries())
    it(`is finished by site after a run that was killed once x${last} was ${index < written.length ? "written" : "removed"}`, async () => {
      await run(rotating("kubernetes-ca"));
      const [root, signing] = [print("kubernetes-ca-next.crt"), print("kubernetes-signing-ca-next.crt")];
      const before = mkdtempSync(path.join(tmpdir(), "rotation-"));
      cpSync(".kubeplay", before, { recursive: true });
      const issuing = rotating("kubernetes-ca", "issue");
      await keepAll(
        issuing.slice(0, 1 + issuing.findIndex(({ name }) => name === "Keep the rotation of kubernetes-ca")),
      );
      const done = mkdtempSync(path.join(tmpdir(), "rotation-"));
      cpSync(at(""), done, { recursive: true });
      rmSync(".kubeplay", { recursive: true });
      cpSync(before, ".kubeplay", { recursive: true });
      for (const suffix of written.slice(0, index + 1))
        cpSync(path.join(done, `kubernetes-ca${suffix}`), at(`kubernetes-ca${suffix}`));
      for (const suffix of removed.slice(0, Math.max(0, index + 1 - written.length)))
        rmSync(at(`kubernetes-ca${suffix}`));
      // Before the old certificate is kept, nothing of the old CA is lost: the run that rotates begins again.
      await keepAll(index === 0 ? rotating("kubernetes-ca", "issue") : tasksFor(masters));
      isReplaced("kubernetes-ca", root);
      isReplaced("kubernetes-signing-ca", signing);
      expect(prints(caBundle("kubeplay"))).to.have.length(4);
      expect(verify(at("kubernetes-ca-previous.crt"), at("master-11/kube-apiserver.crt"))).to.contain("OK");
      expect(await run(tasksFor(masters))).to.deep.equal([]);
      for (const one of [before, done]) rmSync(one, { recursive: true });
    });

  it("rotates the kubelets' CA alone, and the cluster's only once that has ended", async () => {
    const root = print("kubernetes-ca.crt");
    await run(rotating("kubernetes-signing-ca"));
    expect(await failureOf(keepAll(rotating("kubernetes-ca")))).to.contain(
      "kubernetes-signing-ca, which kubernetes-ca has issued, is being rotated: end that first",
    );
    await run(rotating("kubernetes-signing-ca", "issue"));
    expect(print("kubernetes-ca.crt")).to.equal(root);
    expect(prints(issuerBundle("kubeplay"))).to.deep.equal([root, print("kubernetes-signing-ca.crt")]);
    expect(prints(caBundle("kubeplay"))).to.have.length(3);
    await run(dropping("kubernetes-signing-ca"));
    expect(prints(caBundle("kubeplay"))).to.have.length(2);
  });

  it("refuses names that it does not know, and one in both variables", () => {
    const refusal = (vars: Parameters<typeof tasksFor>[1]) =>
      expect(() => tasksFor(masters, vars))
        .to.throw(InputError)
        .with.property("message").that;
    refusal({ rotate: "kubernetes_ca" }).contains('did you mean "kubernetes-ca"?');
    refusal({ rotate: "admin" }).contains("expected some of kubernetes-ca, ");
    refusal({ rotate: "etcd-ca", drop: "etcd-ca" }).contains("etcd-ca is in rotate and in drop");
  });

  it("is the work of the playbook certs alone", async () => {
    const elsewhere = (vars: Parameters<typeof tasksFor>[1]) => () => tasksFor(masters, vars);
    expect(elsewhere({ rotate: "etcd-ca" })).to.throw("play -- -e rotate=etcd-ca certs");
    await run(rotating("etcd-ca"));
    await run(rotating("etcd-ca", "issue"));
    expect(elsewhere({ drop: "etcd-ca" })).to.throw("play -- -e drop=etcd-ca certs");
    expect(await run(tasksFor(masters)), "without rotate and drop").to.deep.equal([]);
  });

  describe("of the service accounts' key", () => {
    const keys = (): string[] =>
      readFileSync(serviceAccountKeys("kubeplay"), "utf8").match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ??
      [];

    it("accepts both, signs by the new one, and drops the old one", async () => {
      const old = text("service-account.pub");
      expect(keys()).to.deep.equal([old]);
      await run(rotating("service-account"));
      const next = text("service-account-next.pub");
      expect(text("service-account.pub")).to.equal(old);
      expect(keys()).to.deep.equal([old, next]);
      await run(rotating("service-account", "issue"));
      expect(describeKey(parseKey(text("service-account.key"))).publicPem).to.equal(next);
      expect(keys()).to.deep.equal([old, next]);
      expect(await run(tasksFor(masters))).to.deep.equal([]);
      await run(dropping("service-account"));
      expect(keys()).to.deep.equal([next]);
      expect(readdirSync(at("")).filter((name) => /-(next|previous)/.test(name))).to.deep.equal([]);
    });

    it("is finished after a run that was killed between the new private key and its public half", async () => {
      await run(rotating("service-account"));
      const [old, next] = [text("service-account.pub"), text("service-account-next.pub")];
      writeFileSync(at("service-account-previous.pub"), old);
      cpSync(at("service-account-next.key"), at("service-account.key"));
      await keepAll(tasksFor(masters));
      expect(text("service-account.pub")).to.equal(next);
      expect(keys()).to.deep.equal([old, next]);
    });
  });
});
