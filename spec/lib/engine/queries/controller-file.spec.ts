import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { controllerFile } from "#engine/queries/controller-file.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { failure } from "./failure.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the query controller file", () => {
  const folder = temporaryFolder();

  it("returns digest, size and mode, also after a change, and undefined for a missing file", async () => {
    const file = `${folder}/a b`;
    writeFileSync(file, "one");
    chmodSync(file, 0o600);
    const queries = [file, `${folder}/none`, `${file}/below`].map(controllerFile);
    const one = { sha256: sha256("one"), size: 3, mode: 0o600 };
    expect(await ask(queries)).to.deep.equal([one, undefined, undefined]);
    writeFileSync(file, "two");
    expect(await ask(queries)).to.deep.equal([{ ...one, sha256: sha256("two") }, undefined, undefined]);
  });

  it("fails for a folder", async () => {
    expect(await failure(ask([controllerFile(folder)]))).to.equal(`${folder} on the controller is not a file`);
  });
});
