import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect } from "chai";
import { vaultCommand } from "#engine/cli/vault/command.ts";
import { Vault } from "#engine/vault/index.ts";
import { failure } from "../queries/failure.ts";
import { temporaryFolder } from "../temporary.ts";

describe("play vault", () => {
  const folder = temporaryFolder();
  const temporary = `${folder}/tmp`;
  const before = { ...process.env };
  const file = (name: string, text: string, mode = 0o640): string => {
    writeFileSync(`${folder}/${name}`, text);
    chmodSync(`${folder}/${name}`, mode);
    return `${folder}/${name}`;
  };
  const read = (name: string): string => readFileSync(name, "utf8");
  const open = (name: string, password = "pw"): string =>
    new Vault([{ label: "x", password }]).open(read(name)).plaintext.toString();
  /** Sets an editor that runs this script on its file. */
  const editor = (script: string): void => {
    process.env.EDITOR = `sh -c '${script}' editor`;
  };
  let pw: string[] = [];
  let pw2 = "";
  beforeEach(() => {
    mkdirSync(temporary, { recursive: true });
    process.env.TMPDIR = temporary;
    delete process.env.ANSIBLE_VAULT_PASSWORD_FILE;
    pw = ["--vault-password-file", file("pw", "pw\n")];
    pw2 = file("pw2", "pw2\n");
  });
  afterEach(() => {
    process.env.EDITOR = before.EDITOR ?? "";
    process.env.TMPDIR = before.TMPDIR ?? "/tmp";
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it("encrypts and decrypts in place, and keeps the mode and a symbolic link", async () => {
    const secret = file("secret.yml", "a: geheim\n", 0o604);
    symlinkSync(secret, `${folder}/link`);
    expect(await vaultCommand(["encrypt", `${folder}/link`, ...pw])).to.equal(0);
    expect(read(secret)).to.match(/^\$ANSIBLE_VAULT;1\.1;AES256\n[0-9a-f\n]+\n$/);
    expect(lstatSync(`${folder}/link`).isSymbolicLink()).to.equal(true);
    expect(statSync(secret).mode & 0o777).to.equal(0o604);
    await vaultCommand(["decrypt", secret, ...pw]);
    expect(read(secret)).to.equal("a: geheim\n");
    expect(statSync(secret).mode & 0o777).to.equal(0o604);
  });

  it("writes --output as a file that only its owner can read", async () => {
    const plain = file("plain", "geheim");
    await vaultCommand(["encrypt", plain, "--output", `${folder}/sealed`, ...pw]);
    expect(read(plain)).to.equal("geheim");
    expect(open(`${folder}/sealed`)).to.equal("geheim");
    expect(statSync(`${folder}/sealed`).mode & 0o777).to.equal(0o600);
  });

  it("changes none of several files if one is wrong", async () => {
    const one = file("one", "1");
    const two = file("two", "2");
    await vaultCommand(["encrypt", two, ...pw]);
    const sealed = read(two);
    expect(await failure(vaultCommand(["encrypt", one, two, ...pw]))).to.match(/two: this is already encrypted/);
    expect(await failure(vaultCommand(["encrypt", one, `${folder}/none`, ...pw]))).to.include("there is no such file");
    expect(read(one)).to.equal("1");
    expect(await failure(vaultCommand(["decrypt", two, one, ...pw]))).to.match(/one:1: this is not encrypted/);
    expect(await failure(vaultCommand(["rekey", two, ...pw, "--new-vault-id", `x@${folder}/none`]))).to.include(
      "no such",
    );
    expect(await failure(vaultCommand(["decrypt", two, "--vault-password-file", pw2]))).to.match(
      /two:1: the vault password is wrong/,
    );
    expect(read(two)).to.equal(sealed);
  });

  it("writes the label of the password to the file", async () => {
    const secret = file("labelled", "geheim");
    await vaultCommand([
      "encrypt",
      secret,
      "--vault-id",
      `dev@${pw2}`,
      "--vault-id",
      `prod@${folder}/pw`,
      "--encrypt-vault-id",
      "dev",
    ]);
    expect(read(secret)).to.match(/^\$ANSIBLE_VAULT;1\.2;AES256;dev\n/);
    expect(open(secret, "pw2")).to.equal("geheim");
  });

  it("requires --encrypt-vault-id if several passwords are given", async () => {
    const secret = file("which", "geheim");
    const two = ["--vault-id", `dev@${pw2}`, ...pw];
    expect(await failure(vaultCommand(["encrypt", secret, ...two]))).to.equal(
      "several vault ids are given (dev, default): choose one with --encrypt-vault-id",
    );
    expect(await failure(vaultCommand(["encrypt", secret, ...two, "--encrypt-vault-id", "prod"]))).to.include(
      "--encrypt-vault-id prod: no vault password has this id, only dev, default",
    );
  });

  it("uses the password file of Ansible's environment variable if no flag is set", async () => {
    process.env.ANSIBLE_VAULT_PASSWORD_FILE = pw2;
    const secret = file("environment", "geheim");
    await vaultCommand(["encrypt", secret]);
    expect(open(secret, "pw2")).to.equal("geheim");
    expect(await failure(vaultCommand(["decrypt", secret, ...pw]))).to.include("the vault password is wrong");
  });

  it("rekeys files with another password and label", async () => {
    const secret = file("rekeyed", "geheim");
    await vaultCommand(["encrypt", secret, ...pw]);
    await vaultCommand(["rekey", secret, ...pw, "--new-vault-id", `new@${pw2}`]);
    expect(read(secret)).to.match(/^\$ANSIBLE_VAULT;1\.2;AES256;new\n/);
    await vaultCommand(["rekey", secret, "--vault-password-file", pw2, "--new-vault-password-file", `${folder}/pw`]);
    expect(read(secret)).to.match(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
    expect(open(secret)).to.equal("geheim");
  });

  it("edits in a file that only its owner can read, and keeps password, label and mode", async () => {
    const secret = file("edited.yml", "a: 1\n");
    await vaultCommand(["encrypt", secret, "--vault-id", `dev@${folder}/pw`]);
    editor(
      `stat -c %a "$1" > "${folder}/seen"; stat -c %a "$(dirname "$1")" >> "${folder}/seen"; echo "b: 2" >> "$1"; cp "$1" "$1.swp"`.replaceAll(
        "'",
        `'"'"'`,
      ),
    );
    await vaultCommand(["edit", secret, ...pw]);
    expect(open(secret)).to.equal("a: 1\nb: 2\n");
    expect(read(secret)).to.match(/^\$ANSIBLE_VAULT;1\.2;AES256;dev\n/);
    expect(read(`${folder}/seen`)).to.equal("600\n700\n");
    expect(statSync(secret).mode & 0o777).to.equal(0o640);
  });

  it("leaves a file unchanged if the editor changed nothing or failed", async () => {
    const secret = file("unchanged", "a: 1\n");
    await vaultCommand(["encrypt", secret, ...pw]);
    const sealed = read(secret);
    editor("true");
    await vaultCommand(["edit", secret, ...pw]);
    editor('echo x >> "$1"; exit 3');
    expect(await failure(vaultCommand(["edit", secret, ...pw]))).to.equal(
      "the editor ended with exit code 3; nothing was changed",
    );
    process.env.EDITOR = "/no/editor";
    expect(await failure(vaultCommand(["edit", secret, ...pw]))).to.match(/the editor \/no\/editor cannot be started/);
    expect(read(secret)).to.equal(sealed);
  });

  it("creates a new file, and refuses to overwrite one", async () => {
    editor('echo "a: 1" > "$1"');
    await vaultCommand(["create", `${folder}/new`, ...pw]);
    expect(open(`${folder}/new`)).to.equal("a: 1\n");
    expect(statSync(`${folder}/new`).mode & 0o777).to.equal(0o600);
    expect(await failure(vaultCommand(["create", `${folder}/new`, ...pw]))).to.include("this file already exists");
    editor("exit 1");
    expect(await failure(vaultCommand(["create", `${folder}/never`, ...pw]))).to.include("exit code 1");
    expect(existsSync(`${folder}/never`)).to.equal(false);
  });

  it("reports what is wrong with its command line", async () => {
    expect(await failure(vaultCommand([]))).to.match(/needs a command: encrypt.*playbooks\/vault\.ts/);
    expect(await failure(vaultCommand(["encrpyt"]))).to.match(/unknown command 'encrpyt'[^]*encrypt/);
    expect(await failure(vaultCommand(["edit"]))).to.include("missing required argument 'file'");
    expect(await failure(vaultCommand(["view", "--vault-id", "dev@", "x"]))).to.include("expected label@prompt");
    expect(await failure(vaultCommand(["encrypt_string", "-n", "a b", "x", ...pw]))).to.include(
      "is not a variable name",
    );
    expect(await failure(vaultCommand(["encrypt", "a", "b", "--output", "c", ...pw]))).to.include(
      "--output takes one input file",
    );
    expect(await failure(vaultCommand(["encrypt", "-J"]))).to.include("cannot be asked for");
  });
});
