import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { isHostQuery } from "#engine/queries/define.ts";
import { firstEncryption, preparedEncryption, renderEncryption, withoutSecrets } from "#cluster/encryption/config.ts";
import { keysKept } from "#cluster/encryption/on-host.ts";
import { subject } from "../../engine/resources/one-resource.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

const key = (name: string) => ({
  provider: "secretbox" as const,
  name,
  secret: Buffer.alloc(32, name).toString("base64"),
});
const encrypted = (name: string) => firstEncryption({ resources: ["secrets"], key: key(name) });
const prepared = (name: string) => preparedEncryption({ resources: ["secrets"], key: key(name) });

describe("the keys of encryption on a master", () => {
  const check = subject(keysKept("Check", { path: "here/encryption.yaml" }));
  const here = (config: ReturnType<typeof encrypted>) => ({ type: "encryption", config, mode: 0o600 });
  const diff = (there: unknown, found: unknown) => () => check.diff({ there, here: found });

  it("are asked for without their secrets", () => {
    const file = path.join(temporaryFolder(), "it's encryption.yaml");
    const query = check.needs.there!;
    if (!isHostQuery(query.of)) throw new Error("it is asked on a host");
    const { ask, parse } = query.of;
    const asked = (): unknown => {
      const { stdout } = spawnSync("bash", ["-c", ask([file, "/nowhere"])], { encoding: "utf8" });
      expect(Buffer.from(stdout.split("\n")[0]?.slice(1) ?? "", "base64").toString()).not.to.contain(
        key("key-1-a").secret,
      );
      const found = parse(stdout, [file, "/nowhere"]);
      expect(found.get("/nowhere")).to.equal(undefined);
      return found.get(file);
    };
    writeFileSync(file, renderEncryption(encrypted("key-1-a")));
    expect(asked()).to.deep.equal(withoutSecrets(encrypted("key-1-a")));
    writeFileSync(file, "resources: []\n");
    expect(String(asked())).to.contain("is not as kubeplay writes it");
  });

  it("must be known to the controller if they encrypt", () => {
    expect(diff(encrypted("key-1-a"), here(encrypted("key-1-a")))()).to.deep.equal([]);
    expect(diff(encrypted("key-1-a"), here(prepared("key-1-a")))()).to.deep.equal([]);
    expect(diff(undefined, { type: "absent" })()).to.deep.equal([]);
    for (const found of [{ type: "absent" }, here(prepared("key-1-b")), here(encrypted("key-2-c"))])
      expect(diff(encrypted("key-1-a"), found)).to.throw(
        "encrypts secrets with key-1-a, which here/encryption.yaml does not have",
      );
  });

  it("must be known too where they only read: etcd may still have objects by them", () => {
    for (const found of [{ type: "absent" }, here(prepared("key-1-b"))])
      expect(diff(prepared("key-1-a"), found)).to.throw(
        "can read secrets that are encrypted with key-1-a, which here/encryption.yaml does not have",
      );
    expect(diff(prepared("key-1-a"), here(prepared("key-1-a")))()).to.deep.equal([]);
    // The controller has removed them, and the run was interrupted before this master's turn.
    expect(diff(prepared("key-1-a"), here(new Map([["secrets", ["identity"]]])))()).to.deep.equal([]);
    expect(diff(encrypted("key-2-b"), here(encrypted("key-2-b")))()).to.deep.equal([]);
  });
});
