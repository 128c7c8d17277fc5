import { expect } from "chai";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { reachedFrom } from "#engine/runner/sealed/modules.ts";
import { changedSources, sourcesOf } from "#engine/runner/sealed/sources.ts";
import { temporaryFolder } from "../../temporary.ts";

describe("the sources of a run", () => {
  const folder = temporaryFolder();
  const root = path.join(folder, "project");
  const engine = path.join(folder, "kubeplay");
  const inventory = path.join(folder, "mine/hosts.yaml");
  const write = (name: string, text = name): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const at = (name: string): string => path.join(folder, name);
  const graph = {
    [at("project/playbooks/site.ts")]: { digest: "site", imports: [at("project/roles/app/index.ts")] },
    [at("project/playbooks/other.ts")]: { digest: "other", imports: [] },
    [at("project/roles/app/index.ts")]: { digest: "app", imports: [at("shared/words.ts"), at("node_modules/yaml")] },
    [at("shared/words.ts")]: { digest: "words", imports: [at("project/roles/app/index.ts")] },
    [at("node_modules/yaml")]: { digest: "yaml", imports: [] },
  };
  const modules = reachedFrom([at("project/playbooks/site.ts")], graph);
  const sources = (named: readonly string[] = []) =>
    sourcesOf({ root, inventory: [inventory], variables: [path.dirname(inventory)], named, modules, engine });

  before(() =>
    [
      "project/roles/app/templates/app.hbs",
      "project/roles/app/files/.program.swp",
      "project/roles/another/templates/another.hbs",
      "project/group_vars/all.yaml",
      "project/package-lock.json",
      "kubeplay/package-lock.json",
      "kubeplay/lib/engine/facts/facts.sh",
      "kubeplay/lib/engine/run.ts",
      "mine/hosts.yaml",
      "mine/host_vars/a/more.yaml",
      "extra.yaml",
    ].forEach((name) => write(name)),
  );

  it("are the modules that the playbook was compiled from, the files beside them, kubeplay, packages and variables", () =>
    expect(Object.keys(sources([at("extra.yaml")]))).to.deep.equal([
      "../extra.yaml",
      "../kubeplay/lib/engine/facts/facts.sh",
      "../kubeplay/package-lock.json",
      "../mine/host_vars/a/more.yaml",
      "../mine/hosts.yaml",
      "../node_modules/yaml",
      "../shared/words.ts",
      "group_vars/all.yaml",
      "package-lock.json",
      "playbooks/site.ts",
      "roles/app/index.ts",
      "roles/app/templates/app.hbs",
    ]));

  it("have the digests of what was compiled, whatever the file says by now", () =>
    expect(sources()).to.include({ "roles/app/index.ts": "app", "../shared/words.ts": "words" }));

  it("differ by name if a file has changed, is new or is gone, also one with the name of a built-in property", () => {
    const then = sources();
    expect(changedSources(then, sources())).to.deep.equal([]);
    write("mine/hosts.yaml", "other");
    write("project/host_vars/a.yaml");
    rmSync(path.join(root, "roles/app/templates/app.hbs"));
    expect(changedSources(then, sources())).to.deep.equal([
      "../mine/hosts.yaml has changed",
      "host_vars/a.yaml is new",
      "roles/app/templates/app.hbs is gone",
    ]);
    expect(changedSources({}, { constructor: "x" })).to.deep.equal(["constructor is new"]);
  });
});
