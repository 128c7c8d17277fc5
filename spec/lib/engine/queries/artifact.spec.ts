import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { artifact } from "#engine/queries/artifact.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { failure } from "./failure.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the query artifact", () => {
  const cache = temporaryFolder();
  const refs = `${cache}/kubeplay/refs`;
  const before = process.env.XDG_CACHE_HOME;
  beforeEach(() => {
    mkdirSync(refs, { recursive: true });
    process.env.XDG_CACHE_HOME = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  it("returns digest, size and file of a cached artifact, and undefined for a missing one", async () => {
    const digest = sha256("etcd");
    writeFileSync(`${refs}/etcd@3.7.3-linux-amd64.json`, JSON.stringify({ sha256: digest, size: 4, source: "build" }));
    expect(await ask(["etcd@3.7.3/amd64", "etcd@3.7.3/arm64"].map(artifact))).to.deep.equal([
      { sha256: digest, size: 4, file: `${cache}/kubeplay/objects/${digest}` },
      undefined,
    ]);
  });

  it("names the remedy for a damaged entry, and the format of a key", async () => {
    writeFileSync(`${refs}/cut@1-linux-amd64.json`, '{"sha256":"abc');
    expect(await failure(ask([artifact("cut@1/amd64")]))).to.equal(
      `${refs}/cut@1-linux-amd64.json is damaged: delete it and run with --tags artifacts`,
    );
    expect(await failure(ask([artifact("../x")]))).to.contain(
      "expected name@version/architecture such as etcd@3.7.3/amd64",
    );
  });
});
