import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import type { Output } from "kubeplay";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { storage } from "#roles/storage/index.ts";
import { leavingVolumes } from "#roles/storage/leaving-volumes.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  masters: { hosts: hosts("master-1") },
  nodes: {
    hosts: { "node-1": { ansible_host: "10.0.0.21" }, "node-2": { ansible_host: "10.0.0.22", storage_path: "/disk" } },
  },
};
const tasks = (...extraVars: string[]) => tasksOf(storage, { inventory, host: "localhost", extraVars });
const objects = (isDefault = true): readonly Manifest[] =>
  (taskCalled(tasks(), "Apply its objects").props as { objects: Output<readonly Manifest[]> }).objects.read(isDefault);
const find = (kind: string, isDefault = true): Manifest => objects(isDefault).find((one) => one.kind === kind)!;
const data = find("ConfigMap").data as Record<string, string>;

describe("the provisioner of volumes", () => {
  it("makes volumes in the folder of each node, for claims of its own class only", () =>
    expect(JSON.parse(data["config.json"]!)).to.deep.equal({
      storageClassConfigs: {
        "local-path": {
          nodePathMap: [
            { node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: ["/var/lib/kubeplay-volumes"] },
            { node: "node-2", paths: ["/disk"] },
          ],
        },
      },
    }));

  it("has the default class, unless the cluster has another one", () => {
    const mark = "metadata.annotations.storageclass\\.kubernetes\\.io/is-default-class";
    expect(find("StorageClass")).to.have.nested.property(mark, "true");
    expect(find("StorageClass", false)).to.have.nested.property(mark, "false");
    const own = taskCalled(tasks(), "Look for another default StorageClass");
    const { output } = ("resource" in own.does ? own.does.resource : undefined)!;
    for (const [names, isDefault] of [
      [[], true],
      [["local-path"], true],
      [["ceph", "local-path"], false],
      [{ type: "unreachable", why: "", transient: true }, true],
    ])
      expect(output?.({ names }, own.props, []), JSON.stringify(names)).to.equal(isDefault);
  });

  it("may read no Secret and no pod of others, and its helpers have no rights and no token", () => {
    const rules = objects()
      .filter(({ kind }) => kind === "ClusterRole")
      .flatMap((role) => (role as unknown as { rules: { resources: string[] }[] }).rules)
      .flatMap(({ resources }) => resources);
    expect(rules).to.have.members(["nodes", "persistentvolumeclaims", "persistentvolumes", "events", "storageclasses"]);
    const helper = parse(data["helperPod.yaml"]!) as { spec: object };
    expect(helper.spec).to.include({ automountServiceAccountToken: false });
    const args = JSON.stringify(find("Deployment"));
    expect(args).to.contain("--service-account-name=local-path-helper");
    const bound = objects().filter(({ kind }) => kind.endsWith("RoleBinding") || kind === "RoleBinding");
    expect(JSON.stringify(bound)).not.to.contain("local-path-helper");
  });

  it("is removed without a list of its objects", () =>
    expect(tasks("storage_state=absent").map(({ props }) => (props as { state?: string }).state)).to.deep.equal([
      "absent",
    ]));
});

describe("the folder of a volume", () => {
  const folder = path.join(temporaryFolder(), "volumes");
  const run = (script: string, name: string): string =>
    execFileSync("sh", ["-c", data[script]!], {
      encoding: "utf8",
      env: { ...process.env, VOL_DIR: path.join(folder, name) },
      stdio: "pipe",
    });
  const name = "pvc-0b8f5a0e-7f6c-4c1e-9d5b-2f3a4b5c6d7e_web_data-0";
  const mode = (of: string): number => statSync(of).mode & 0o7777;

  it("is for pods of any user, below a folder that only root enters", () => {
    mkdirSync(folder, { mode: 0o755 });
    run("setup", name);
    expect(mode(path.join(folder, name))).to.equal(0o777);
    expect(mode(folder)).to.equal(0o700);
  });

  it("is removed with its contents, and nothing else is", () => {
    writeFileSync(path.join(folder, name, "x"), "");
    run("teardown", name);
    expect(existsSync(path.join(folder, name))).to.equal(false);
    mkdirSync(path.join(folder, "etc"));
    expect(() => run("teardown", "etc")).to.throw(/is not the folder of a volume/);
    expect(existsSync(path.join(folder, "etc"))).to.equal(true);
  });

  it("is named by its claim before reset removes it", () => {
    const task = subject(leavingVolumes("Look", { folder: "/v" }));
    const now = (...names: string[]) => ({ folder: { stays: false, names } });
    expect(task.warnings(now(name, "lost+found"))).to.deep.equal([
      "the data of these claims in /v is removed: web/data-0. -e reset_keep_volumes=true keeps it",
    ]);
    expect(task.warnings(now("lost+found"))).to.deep.equal([]);
    expect(task.warnings({ folder: undefined })).to.deep.equal([]);
  });
});
