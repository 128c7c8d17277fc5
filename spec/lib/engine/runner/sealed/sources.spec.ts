import { expect } from "chai";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { changedSources, sourcesOf } from "#engine/runner/sealed/sources.ts";
import { temporaryFolder } from "../../temporary.ts";

describe("the sources of a run", () => {
  const folder = temporaryFolder();
  const root = path.join(folder, "project");
  const inventory = path.join(folder, "mine/hosts.yaml");
  const write = (name: string, text = name): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };

  before(() =>
    [
      "project/roles/app/templates/app.hbs",
      "project/roles/app/.index.ts.swp",
      "project/playbooks/site.ts",
      "project/group_vars/all.yaml",
      "project/lib/cluster/weights.ts",
      "project/lib/engine/run.ts",
      "mine/hosts.yaml",
      "mine/host_vars/a/more.yaml",
      "extra.yaml",
    ].forEach((name) => write(name)),
  );

  it("are the project's roles with what they share, playbooks and variables, those beside the inventory, and named files", () =>
    expect(Object.keys(sourcesOf(root, inventory, [path.join(folder, "extra.yaml")]))).to.deep.equal([
      "../extra.yaml",
      "../mine/host_vars/a/more.yaml",
      "../mine/hosts.yaml",
      "group_vars/all.yaml",
      "lib/cluster/weights.ts",
      "playbooks/site.ts",
      "roles/app/templates/app.hbs",
    ]));

  it("differs by name where a file has changed, is new or is gone", () => {
    const then = sourcesOf(root, inventory, []);
    expect(changedSources(then, sourcesOf(root, inventory, []))).to.deep.equal([]);
    write("mine/hosts.yaml", "other");
    write("project/host_vars/a.yaml");
    rmSync(path.join(root, "playbooks/site.ts"));
    expect(changedSources(then, sourcesOf(root, inventory, []))).to.deep.equal([
      "../mine/hosts.yaml has changed",
      "host_vars/a.yaml is new",
      "playbooks/site.ts is gone",
    ]);
  });
});
