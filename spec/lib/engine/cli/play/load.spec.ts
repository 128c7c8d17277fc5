import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { defineRole } from "kubeplay";
import { checkTemplates, loadPlaybook, loadRoles } from "#engine/cli/play/load.ts";
import { clear, folder } from "../../runner/stage.ts";

function project(files: Readonly<Record<string, string>>): string {
  const root = folder();
  writeFileSync(path.join(root, "package.json"), '{"type": "module"}');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}
const errorOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "",
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
const role = (name: string) => `{ name: "${name}", vars: {}, folder: "/", tasks: () => [] }`;

describe("loading a project", () => {
  after(clear);

  it("finds a playbook by its name and by its path", async () => {
    const root = project({ "playbooks/site.ts": 'export default [{ name: "One" }];' });
    const plays = await loadPlaybook(root, "site");
    expect(plays.map(({ name }) => name)).to.deep.equal(["One"]);
    expect(await loadPlaybook(root, "playbooks/site.ts")).to.equal(plays);
  });

  it("loads a playbook that is named like a command only by its path", async () => {
    const root = project({ "playbooks/vault.ts": 'export default [{ name: "One" }];' });
    expect(await errorOf(loadPlaybook(root, "vault"))).to.include("vault is a command and must come first");
    expect(await loadPlaybook(root, "playbooks/vault.ts")).to.have.length(1);
  });

  it("suggests the nearest playbook for an unknown name, and lists all", async () => {
    const root = project({ "playbooks/site.ts": "", "playbooks/backup.ts": "" });
    expect(await errorOf(loadPlaybook(root, "sit"))).to.equal(
      'InputError: no playbook sit in playbooks/; did you mean "site"?; there are: backup, site',
    );
  });

  it("names a program of the project that somebody took for a playbook", async () => {
    const scripts = { scripts: { doctor: "node doctor.mjs" } };
    const root = project({ "playbooks/site.ts": "", "package.json": JSON.stringify(scripts) });
    expect(await errorOf(loadPlaybook(root, "doctor"))).to.include(
      "no playbook doctor in playbooks/, but there is a program: npm run doctor; there are: site",
    );
    expect(await errorOf(loadPlaybook(root, "toString"))).to.include("no playbook toString in playbooks/; there are");
  });

  it("reports which file could not be loaded, and why", async () => {
    const root = project({
      "playbooks/broken.ts": "export default [;",
      "playbooks/throws.ts": 'throw new Error("a reason")',
      "playbooks/other.ts": "export const x = 1;",
    });
    expect(await errorOf(loadPlaybook(root, "broken"))).to.match(/^PlayError: .*broken\.ts could not be loaded: /);
    expect(await errorOf(loadPlaybook(root, "throws"))).to.match(/throws\.ts could not be loaded: a reason$/);
    expect(await errorOf(loadPlaybook(root, "other"))).to.include(
      "other.ts: expected a playbook as its default export",
    );
  });

  it("finds every role of the project, and ignores other exports of a file", async () => {
    const root = project({
      "roles/a/index.ts": `export const a = ${role("a")};\nexport const helper = () => 1;\nexport const text = "x";`,
      "roles/b/index.ts": `export const b = ${role("b")};\nexport const c = ${role("c")};`,
      "roles/none/readme.md": "",
    });
    expect((await loadRoles(root)).map(({ name }) => name)).to.deep.equal(["a", "b", "c"]);
    expect(await loadRoles(project({}))).to.deep.equal([]);
  });

  it("reports the mistakes in all templates at once, with their places", () => {
    const root = project({
      "roles/a/templates/one.hbs": "{{#if x}}\n",
      "roles/a/templates/two.hbs": "ok\n{{name\n",
      "roles/a/templates/three.hbs": "{{name}}\n",
    });
    const one = defineRole({
      name: "a",
      description: "",
      vars: {},
      folder: path.join(root, "roles/a"),
      tasks: () => [],
    });
    expect(() => checkTemplates([one])).to.throw(/one\.hbs:\d+[^]*two\.hbs:\d+/);
  });
});
