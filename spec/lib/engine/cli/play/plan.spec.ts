import { expect } from "chai";
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../../temporary.ts";
import { Project } from "../project.ts";

describe("a plan of this machine", () => {
  const project = new Project(temporaryFolder());
  const made = project.at("made");
  const append = (word: string): string => JSON.stringify(`echo ${word} >> ${quote(made)}`);
  const content = (): string => readFileSync(made, "utf8");
  const plan = (...args: readonly string[]): void => {
    const { code, output } = project.play(["--plan", "p", ...args]);
    expect(code, output).to.equal(0);
  };
  const apply = (environment: Readonly<Record<string, string>> = {}, ...args: readonly string[]) =>
    project.play(["--apply", "p", ...args], { environment });
  const sealed = () =>
    (JSON.parse(readFileSync(project.at("p"), "utf8")) as { plan: { sources: object; hosts: object } }).plan;

  beforeEach(() => {
    project.write("hosts.yaml", "all: { hosts: { here: { ansible_connection: local } } }\n");
    rmSync(made, { force: true });
    project.write("words.ts", `export const word: string = "planned";`);
    project.write("read", "one\n");
    project.role(
      "app",
      `read,
       kubeplay.file("Write it", {
         dest: "${made}",
         content: read.output.map(({ stdout }) => stdout + word + (process.env.SPEC_WORD ?? "")),
       })`,
      `import { word } from "../../words.ts";
       const read = kubeplay.read("Read it", { run: ${JSON.stringify(`cat ${quote(project.at("read"))}`)} });`,
    );
  });

  it("makes the changes that it lists", () => {
    plan("app");
    const { code, output } = apply();
    expect(code, output).to.equal(0);
    expect(content()).to.equal("one\nplanned");
  });

  it("refuses content that was read anew and is another", () => {
    plan("app");
    project.write("read", "two\n");
    const { code, output } = apply();
    expect(code, output).to.equal(2);
    expect(output).to.include("Write it: not in the plan: content");
    expect(existsSync(made)).to.equal(false);
  });

  it("is refused if a module was edited that belongs to no role, or an environment variable is another", () => {
    plan("app");
    project.write("words.ts", `export const word: string = "edited";`);
    const edited = apply();
    expect(edited.code, edited.output).to.equal(1);
    expect(edited.output).to.include("words.ts has changed since the plan was made");
    project.write("words.ts", `export const word: string = "planned";`);
    const other = apply({ SPEC_WORD: "other" });
    expect(other.code, other.output).to.equal(1);
    expect(other.output).to.include("environment variable SPEC_WORD has changed since the plan was made");
    expect(existsSync(made)).to.equal(false);
    const same = apply({ SPEC_ANOTHER: "is not read" });
    expect(same.code, same.output).to.equal(0);
  });

  it("is refused if an inventory program, whose file is as it was, says another thing of a host", () => {
    rmSync(project.at("hosts.yaml"));
    const say = (vars: object): void =>
      project.write("said.json", JSON.stringify({ _meta: { hostvars: { here: vars } }, app: ["here"] }));
    project.write("hosts", `#!/bin/sh\ncat ${quote(project.at("said.json"))}\n`);
    chmodSync(project.at("hosts"), 0o755);
    const local = { ansible_connection: "local" };
    say(local);
    plan("-i", "hosts", "app");
    say({ ...local, ansible_host: "127.0.0.2" });
    const moved = apply();
    expect(moved.code, moved.output).to.equal(1);
    expect(moved.output).to.include("the inventory's host here has changed since the plan was made");
    expect(existsSync(made)).to.equal(false);
    say(local);
    const same = apply();
    expect(same.code, same.output).to.equal(0);
  });

  it("has kubeplay's own modules and the versions of packages among its sources", () => {
    plan("app");
    const names = Object.keys(sealed().sources);
    expect(names.some((name) => name.endsWith("lib/engine/resources/files/wanted-file.ts"))).to.equal(true);
    expect(names.some((name) => name.endsWith("lib/engine/facts/facts.sh"))).to.equal(true);
    expect(names).to.include("package-lock.json");
  });

  it("lists what is known after apply as such", () => {
    project.role(
      "app",
      `make, kubeplay.file("Write it", { dest: "${made}", content: make.output.map(({ stdout }) => stdout) })`,
      `const make = kubeplay.command("Make it", { run: ${JSON.stringify(`cat ${quote(project.at("read"))}`)} });`,
    );
    plan("app");
    const written = readFileSync(project.at("p"), "utf8");
    expect(written).to.match(/"task": "Write it"[^]*"what": "known after apply"/);
    project.write("read", "two\n");
    const { code, output } = apply();
    expect(code, output).to.equal(0);
    expect(content()).to.equal("two\n");
  });

  it("keeps --start-at-task and --limit, also a file of hosts that is gone by then", () => {
    project.write("hosts.yaml", "all: { hosts: { here: { ansible_connection: local }, there: {} } }\n");
    project.write("few", "here\n");
    project.role(
      "app",
      `kubeplay.command("First", { run: ${append("first")} }),
       kubeplay.command("Second", { run: ${append("second")} })`,
    );
    plan("--limit", "@few", "--start-at-task", "Second", "app");
    rmSync(project.at("few"));
    const { code, output } = apply();
    expect(code, output).to.equal(0);
    expect(content()).to.equal("second\n");
  });

  it("is applied although a secret is a word of its tasks' names", () => {
    project.write("roles/app/index.ts", secretRole(made));
    plan("-e", "app_password=admin", "app");
    const { code, output } = apply({}, "-e", "app_password=admin");
    expect(code, output).to.equal(0);
    expect(content()).to.equal("admin");
  });

  it("asks about its tasks with --step, but not in the check before it", () => {
    plan("app");
    const { code, output } = project.play(["--apply", "p", "--step"], { input: "c\n" });
    expect(code, output).to.equal(0);
    expect(output.split("Perform task").length, output).to.equal(2);
    expect(content()).to.equal("one\nplanned");
  });
});

const secretRole = (dest: string): string => `import { Type } from "typebox";
import { defineRole, file, Secret } from "kubeplay";
export const app = defineRole({
  name: "app", description: "",
  vars: { app_password: Secret(Type.String({ description: "The password." })) },
  tasks: ({ vars }) => [file("Write the admin file", { dest: "${dest}", content: vars.app_password })],
});`;
