import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { describeKey } from "#engine/pki/key.ts";
import { keyFile } from "#engine/queries/key-file.ts";
import { publicKeyFile } from "#engine/queries/public-key-file.ts";
import type { Query } from "#engine/queries/define.ts";
import { issued } from "../pki/issued.ts";
import { temporaryFolder } from "../temporary.ts";

describe("the queries key file and public key file", () => {
  const folder = temporaryFolder();
  const saved = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    chmodSync(file, 0o640);
    return file;
  };
  const ask = async (query: Query<unknown>): Promise<unknown> => {
    if (!("get" in query.of)) throw new Error("asked on the controller");
    return (await query.of.get([query.key])).get(query.key);
  };

  it("return the public properties of a key, and nothing of the key itself", async () => {
    const { key, keyPem } = await issued("x");
    const state = await ask(keyFile(saved("a.key", keyPem)));
    expect(state).to.deep.equal({ type: "key", key: describeKey(key), mode: 0o640 });
    for (const line of keyPem.split("\n").slice(1, -2)) expect(JSON.stringify(state)).not.to.contain(line);
    expect(await ask(publicKeyFile(saved("a.pub", describeKey(key).publicPem)))).to.deep.equal({
      type: "key",
      publicKey: describeKey(key).publicKey,
    });
  });

  it("return the reason for a file that is not a key", async () => {
    const { pem, keyPem } = await issued("x");
    const none = { type: "unreadable", reason: "not a private key in PEM" };
    expect(await ask(keyFile(path.join(folder, "none")))).to.deep.equal({ type: "absent" });
    expect(await ask(keyFile(saved("crt.key", pem)))).to.deep.equal(none);
    expect(await ask(keyFile(saved("half.key", keyPem.slice(0, 100))))).to.deep.equal(none);
    expect(await ask(keyFile(saved("empty.key", "")))).to.deep.equal({ ...none, reason: "the file is empty" });
    const publicNone = { type: "unreadable", reason: "not a public key in PEM" };
    expect(await ask(publicKeyFile(saved("private.pub", keyPem)))).to.deep.equal(publicNone);
    expect(await ask(publicKeyFile(saved("words.pub", "words")))).to.deep.equal(publicNone);
  });
});
