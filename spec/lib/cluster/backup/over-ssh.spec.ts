import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { copyOverSsh, sshFolder } from "#cluster/backup/over-ssh.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("a folder for backups on another machine", () => {
  it("is a destination of ssh and an absolute folder", () => {
    expect(sshFolder("", [])).to.equal(undefined);
    expect(sshFolder("b@vault.example.org:/srv/b", ["-4"])).to.deep.equal({
      ...{ destination: "b@vault.example.org", folder: "/srv/b", options: ["-4"] },
    });
    expect(sshFolder("b@[2001:db8::1]:/srv/b", [])?.destination).to.equal("b@2001:db8::1");
  });

  for (const text of ["/srv/b", "vault:", "vault:srv", "vault:/", "-oProxyCommand=x:/srv", "va ult:/srv"])
    it(`is not ${JSON.stringify(text)}`, () =>
      expect(() => sshFolder(text, [])).to.throw("expected user@host:/folder"));
});

describe("a copy of a backup over SSH", () => {
  const root = temporaryFolder();
  const [there, bin] = [path.join(root, "it's there"), path.join(root, "bin")];
  const to = { destination: "vault", folder: there, options: ["-p", "2222"] };
  const names = ["20261128T000000Z", "20261129T000000Z", "20261130T000000Z"].map((time) => `c-${time}`);
  const searched = process.env.PATH;

  /** A program in the place of ssh: it runs the command here, as the other machine's shell would. */
  const ssh = (text: string): void => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, "ssh"), `#!/bin/sh\nprintf '%s\\n' "$*" | head -n 1 > "${root}/asked"\n${text}\n`);
    chmodSync(path.join(bin, "ssh"), 0o755);
  };
  const backup = (name: string): string => {
    const folder = path.join(root, "here", name);
    mkdirSync(folder, { recursive: true });
    for (const file of ["backup.json", "etcd.db.age"]) writeFileSync(path.join(folder, file), `${name} ${file}`);
    return folder;
  };
  const copy = (name: string, keep = 14) => copyOverSsh(to, { cluster: "c", backup: backup(name), keep });

  before(() => (process.env.PATH = `${bin}:${searched ?? ""}`));
  after(() => (process.env.PATH = searched));
  beforeEach(() => {
    rmSync(there, { recursive: true, force: true });
    ssh('for command; do :; done; exec sh -c "$command"');
  });

  it("is whole, and never asks for a password", async () => {
    await copy(names[0] ?? "");
    expect(readdirSync(there)).to.deep.equal([names[0]]);
    expect(readFileSync(path.join(there, names[0] ?? "", "etcd.db.age"), "utf8")).to.equal(
      `${names[0] ?? ""} etcd.db.age`,
    );
    expect(readFileSync(path.join(root, "asked"), "utf8")).to.match(/BatchMode=yes .*-p 2222 -- vault set -e/);
  });

  it("replaces the oldest ones of its cluster, and what an interrupted copy left", async () => {
    const others = ["c-2-20261130T000000Z.partial", "c-notes", "other-20200101T000000Z"];
    for (const other of [...others, "c-20261127T000000Z.partial"])
      mkdirSync(path.join(there, other), { recursive: true });
    for (const name of names) await copy(name, 2);
    expect(readdirSync(there).sort()).to.deep.equal([...others, ...names.slice(1)].sort());
  });

  it("that does not arrive fails with ssh's words; the backup stays here", async () => {
    ssh("echo 'Permission denied (publickey).' >&2; exit 255");
    const error = await copy(names[0] ?? "").catch((one: unknown) => one as Error);
    expect(String(error)).to.contain("could not be copied to vault:").and.contain("Permission denied (publickey)");
    expect(existsSync(path.join(root, "here", names[0] ?? "", "backup.json"))).to.equal(true);
  });

  it("that breaks off does not count", async () => {
    ssh('for command; do :; done; head -c 700 | sh -c "$command"');
    const error = await copy(names[0] ?? "").catch((one: unknown) => one as Error);
    expect(String(error)).to.contain("could not be copied");
    expect(readdirSync(there)).to.deep.equal([`${names[0] ?? ""}.partial`]);
  });
});
