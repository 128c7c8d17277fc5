import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { vaultCommand } from "#engine/cli/vault/command.ts";
import { seal, Vault } from "#engine/vault/index.ts";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { ansible, ansibleBin, kubeplay, type Answer } from "./ansible.ts";

before(ansibleBin);

const texts: Readonly<Record<string, Buffer>> = {
  "one line": Buffer.from("geheim"),
  nothing: Buffer.alloc(0),
  "a block of the cipher": Buffer.from("0123456789abcdef"),
  "more than a line of it": Buffer.from("ümlaut and more\n".repeat(300)),
  bytes: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
};

const passed = ({ stdout, stderr, code }: Answer): string => {
  expect(code, stderr).to.equal(0);
  return stdout;
};

describe("encrypted files", () => {
  const folder = temporaryFolder();
  const file = (name: string): string => path.join(folder, name);
  const ids = ["--vault-id", `dev@${file("pw")}`];
  const names = Object.keys(texts).map((_, index) => `${String(index)}.bin`);
  const write = (): void => {
    writeFileSync(file("pw"), "pässword\n");
    for (const [index, text] of Object.values(texts).entries()) writeFileSync(file(`${String(index)}.bin`), text);
  };
  const same = (): void => {
    for (const [index, [what, text]] of Object.entries(texts).entries())
      expect(readFileSync(file(`${String(index)}.bin`)), what).to.deep.equal(text);
  };

  it("of kubeplay can be read by ansible-vault", async () => {
    write();
    await vaultCommand(["encrypt", ...names.map(file), ...ids]);
    passed(await ansible("ansible-vault", ["decrypt", ...names, ...ids], { cwd: folder }));
    same();
  });

  it("of ansible-vault can be read by kubeplay", async () => {
    write();
    passed(await ansible("ansible-vault", ["encrypt", ...names, "--vault-password-file", file("pw")], { cwd: folder }));
    await vaultCommand(["decrypt", ...names.map(file), ...ids]);
    same();
  });

  it("of each can be rekeyed by the other", async () => {
    write();
    writeFileSync(file("pw2"), "other");
    await vaultCommand(["encrypt", file("0.bin"), ...ids]);
    const args = ["rekey", "0.bin", ...ids, "--new-vault-id", `prod@${file("pw2")}`];
    passed(await ansible("ansible-vault", args, { cwd: folder }));
    await vaultCommand([
      "rekey",
      file("0.bin"),
      "--vault-id",
      `x@${file("pw2")}`,
      "--new-vault-id",
      `dev@${file("pw")}`,
    ]);
    expect(passed(await ansible("ansible-vault", ["view", "0.bin", ...ids], { cwd: folder })).trimEnd()).to.equal(
      "geheim",
    );
  });

  it("and single encrypted values of each can be read by the other", async () => {
    write();
    const theirs = passed(
      await ansible("ansible-vault", ["encrypt_string", ...ids, "-n", "theirs", "geheim-theirs"], { cwd: folder }),
    );
    const ours = passed(await kubeplay(["vault", "encrypt_string", ...ids, "-n", "ours", "geheim-ours"]));
    writeFileSync(file("vars.yml"), `${theirs}${ours}`);
    const message = "msg={{ ours }}+{{ theirs }}";
    const args = ["-i", "localhost,", "-c", "local", "all", "-m", "debug", "-a", message, "-e", `@${file("vars.yml")}`];
    expect(passed(await ansible("ansible", [...args, ...ids]))).to.include("geheim-ours+geheim-theirs");
    const explain = ["inventory", "--host", "h", "-e", `@${file("vars.yml")}`, ...ids];
    writeFileSync(file("hosts.yaml"), "all: {hosts: {h: }}\n");
    const shown = JSON.parse(passed(await kubeplay(explain, { cwd: folder }))) as object;
    expect(Object.keys(shown)).to.deep.equal(["ours", "theirs"]);
  });
});

describe("encrypted secrets", () => {
  const folder = temporaryFolder();
  const secrets = {
    inline: "inline-Geheimnis-1",
    file: "file-Geheimnis-2",
    number: "48213377",
    template: "template-Geheimnis-3",
    copied: "copied-Geheimnis-4",
    inventory: "inventory-Geheimnis-5",
    extra: "extra-Geheimnis-6",
    password: "the-vault-password-7",
  };
  const sealed = (text: string): string => seal(Buffer.from(text), { label: "default", password: secrets.password });
  const inline = (text: string): string => `!vault |\n${sealed(text).replace(/^/gm, "  ")}`;
  const lib = path.resolve("lib");
  const role = `
import { Type } from "${lib}/../node_modules/typebox/build/index.mjs";
import { defineRole } from "${lib}/engine/index.ts";
import { command, file, template } from "${lib}/engine/index.ts";
export const app = defineRole({
  name: "app",
  description: "Has secrets.",
  vars: { inline: Type.String(), whole: Type.String(), number: Type.Integer(), own: Type.String(), extra: Type.String(),
    fails: Type.Boolean({ default: false }) },
  tasks: ({ vars }) => [
    file("Write what was encrypted one by one", { dest: "${folder}/out/inline", content: vars.inline + " " + String(vars.number) + "\\n" }),
    template("Write a secret template", { src: "secret.hbs", dest: "${folder}/out/template", values: { whole: vars.whole } }),
    file("Copy a secret file", { src: "secret.txt", dest: "${folder}/out/copied" }),
    file("Write " + vars.own + " of " + vars.extra, { dest: "${folder}/out/" + vars.own, content: vars.extra }),
    command("Fail aloud", { run: "echo " + vars.inline + " >&2; cat ${folder}/out/template; exit 3" }).when(vars.fails),
  ],
});
`;
  const files: Readonly<Record<string, string>> = {
    pw: `${secrets.password}\n`,
    wrong: "another\n",
    "hosts.yaml": sealed(`all: {hosts: {here: {ansible_connection: local, own: ${secrets.inventory}}}}\n`),
    "group_vars/all.yaml": `inline: ${inline(secrets.inline)}\n`,
    "host_vars/here.yaml": sealed(`whole: ${secrets.file}\nnumber: ${secrets.number}\n`),
    "extra.yaml": sealed(`extra: ${secrets.extra}\n`),
    "bad.yaml": sealed(`number: ${secrets.extra}\nextra: x\n`),
    "roles/app/index.ts": role,
    "roles/app/templates/secret.hbs": sealed(`${secrets.template} {{whole}}\n`),
    "roles/app/files/secret.txt": sealed(`${secrets.copied}\n`),
    "playbooks/site.ts": `
import { play, playbook } from "${lib}/engine/index.ts";
import { app } from "../roles/app/index.ts";
export default playbook([play({ name: "App", hosts: "all", roles: [app] })]);
`,
    "package.json": '{"type": "module"}',
  };
  const all: string[] = [];
  const play = async (...args: readonly string[]): Promise<Answer> => {
    const given = await kubeplay(args, { cwd: folder });
    all.push(given.stdout, given.stderr);
    return given;
  };
  const usual = ["--vault-password-file", "pw", "-e", "@extra.yaml"];

  before(() => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    mkdirSync(path.join(folder, "out"));
  });

  const out = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(path.join(folder, "out")).map((name) => [name, readFileSync(path.join(folder, "out", name), "utf8")]),
    );

  it("prevent a run if the password is wrong or missing", async () => {
    for (const args of [["--vault-password-file", "wrong"], []]) {
      const { code, stderr } = await play(...args, "-e", "extra=x", "site");
      expect(code).to.equal(1);
      expect(stderr)
        .to.match(/hosts\.yaml:1: .*vault password/)
        .and.include("Nothing was changed.");
    }
    const { code, stderr } = await play("--vault-password-file", "pw", "-e", "@bad.yaml", "site");
    expect(code).to.equal(1);
    expect(stderr).to.include("bad.yaml:1:1: number is an invalid secret, expected an integer");
    expect(out()).to.deep.equal({});
  });

  it("prevent a run if an encrypted file of a role was modified", async () => {
    for (const name of ["roles/app/templates/secret.hbs", "roles/app/files/secret.txt"]) {
      const file = path.join(folder, name);
      // The result must still be the hexadecimal code of a hexadecimal digit: "31" and "61" are, "60" is not.
      const changed = (files[name] ?? "").replace(/.$/, (last) => (last === "1" ? "2" : "1"));
      writeFileSync(file, changed);
      const { code, stderr } = await play(...usual, "site");
      writeFileSync(file, files[name] ?? "");
      expect(code).to.equal(1);
      expect(stderr).to.include(`${name}:1: the vault password is wrong, or the encrypted text was changed`);
    }
    expect(out()).to.deep.equal({});
  });

  it("reach the host decrypted", async () => {
    expect((await play(...usual, "--check", "--diff", "-vvvv", "site")).stdout).to.include("changed=4");
    expect(out()).to.deep.equal({});
    expect((await play(...usual, "--diff", "-vvvv", "site")).stdout).to.include("changed=4");
    expect((await play(...usual, "site")).stdout).to.include("changed=0");
    expect(out()).to.deep.equal({
      inline: `${secrets.inline} ${secrets.number}\n`,
      template: `${secrets.template} ${secrets.file}\n`,
      copied: `${secrets.copied}\n`,
      [secrets.inventory]: secrets.extra,
    });
  });

  it("are in no output, event or report, with any options and any failure", async () => {
    expect((await play(...usual, "-e", "fails=true", "-vvvv", "--diff", "site")).code).to.equal(2);
    expect((await play(...usual, "--list-tasks", "site")).stdout).to.include("app : Write ********  TAGS:");
    for (const name of ["inline", "whole", "number", "own", "extra"])
      expect((await play(...usual, "--explain-var", name, "site")).stdout).to.include(`${name} = ********`);
    for (const args of [["--list"], ["--list", "--yaml"], ["--graph"], ["--host", "here"]])
      expect((await play("inventory", ...usual, ...args)).code).to.equal(0);
    const runs = path.join(folder, ".kubeplay");
    const reports = readdirSync(runs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(reports.map(({ name }) => name)).to.include.members(["events.jsonl", "summary.json"]);
    const said = [...all, ...reports.map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), "utf8"))];
    for (const [what, secret] of Object.entries(secrets)) {
      const count = said.join("\n").split(secret).length - 1;
      expect(count, what).to.equal(0);
    }
    expect(said.join("\n")).to.include("********");
  });

  it("stay encrypted on the controller", () => {
    const vault = new Vault([{ label: "default", password: secrets.password }]);
    for (const name of ["hosts.yaml", "roles/app/templates/secret.hbs", "roles/app/files/secret.txt"]) {
      const text = readFileSync(path.join(folder, name), "utf8");
      expect(text).to.equal(files[name]);
      expect(vault.open(text).plaintext.length).to.be.greaterThan(0);
    }
  });
});
