import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { encrypted } from "#cluster/backup/encryption.ts";
import { nodeStream } from "#cluster/backup/streams.ts";
import { clusterFolder } from "#cluster/paths.ts";
import drill from "#playbooks/drill.ts";
import { controllerFolder } from "#roles/restore/controller.ts";
import { failureOf, keep, type Kept } from "../../lib/engine/resources/on-controller.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { tasksOf } from "../tasks-of.ts";

describe("the playbook drill", () => {
  const named = (name: string) => drill.flatMap(({ roles }) => roles).filter((role) => role.name === name);
  const inventory = (group: "lab" | "nodes") => ({
    masters: { hosts: { m: { ansible_host: "192.0.2.11" } } },
    [group]: { children: { masters: {} } },
  });
  const failure = (role: (typeof drill)[number]["roles"][number], group: "lab" | "nodes", isDrill: boolean) => () =>
    tasksOf(role, {
      ...{ inventory: inventory(group), host: "m" },
      extraVars: [JSON.stringify({ backup: "backups/prod-1", drill: isDrill })],
    });

  for (const name of ["restore-controller", "restore-snapshot", "restore-etcd"])
    it(`touches a cluster by ${name} only in a lab for drills`, () => {
      const [role] = named(name);
      if (!role) throw new Error(`${name} is not in the playbook`);
      expect(failure(role, "nodes", false)).to.throw("drill is false in");
      expect(failure(role, "lab", false)).to.throw("drill is false in");
      expect(failure(role, "nodes", true)).to.throw("has no lab");
      expect(failure(role, "lab", true)).not.to.throw();
    });
});

describe("the folder of a cluster in a drill", () => {
  const root = temporaryFolder();
  const home = process.cwd();
  const inDrill = (...names: readonly string[]): string => path.join(clusterFolder("drill"), ...names);
  const ca = (): string => readFileSync(inDrill("pki", "kubernetes-ca.crt"), "utf8");
  before(() => process.chdir(root));
  after(() => process.chdir(home));

  /** A backup of the cluster prod, whose CA is this text. */
  async function backup(name: string, text: string): Promise<string> {
    const identity = await generateIdentity();
    mkdirSync(".kubeplay/prod/pki", { recursive: true });
    mkdirSync(`backups/${name}`, { recursive: true });
    writeFileSync(".kubeplay/prod/pki/kubernetes-ca.crt", text);
    writeFileSync(".kubeplay/prod/admin.kubeconfig", "leads to the cluster");
    const plain = new Blob([execFileSync("tar", ["-czf", "-", ".kubeplay/prod"])]).stream();
    const cipher = await encrypted(plain, { recipients: [await identityToRecipient(identity)] });
    const bytes = Buffer.concat(await nodeStream(cipher).toArray());
    writeFileSync(`backups/${name}/controller.tar.gz.age`, bytes);
    writeFileSync(`backups/${name}/key`, identity);
    const files = { "controller.tar.gz.age": createHash("sha256").update(bytes).digest("hex") };
    writeFileSync(`backups/${name}/backup.json`, JSON.stringify({ cluster: "prod", made: "2026-11-30", files }));
    return `backups/${name}`;
  }
  const drilled = (from: string, cluster = "drill"): Promise<Kept> =>
    keep(controllerFolder("Bring it", { cluster, backup: from, identityFile: `${from}/key`, drill: true }));

  it("is made anew from each backup, without the way to the cluster", async () => {
    await drilled(await backup("first", "1"));
    expect(ca()).to.equal("1");
    writeFileSync(inDrill("of-the-first"), "");
    await drilled(await backup("second", "2"));
    expect(ca()).to.equal("2");
    for (const name of ["of-the-first", "admin.kubeconfig"]) expect(existsSync(inDrill(name)), name).to.equal(false);
  });

  it("is never that of a cluster that no drill has made", async () => {
    const from = await backup("third", "3");
    const own = path.join(clusterFolder("prod"), "pki", "kubernetes-ca.crt");
    expect(await failureOf(drilled(from, "prod"))).to.include("no drill has made it");
    expect(readFileSync(own, "utf8")).to.equal("3");
  });
});
