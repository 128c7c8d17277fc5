import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { knownKeys, knownName } from "#engine/connection/known-hosts.ts";

describe("known_hosts", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kubeplay-known-"));
  const file = path.join(folder, "known_hosts");
  after(() => rmSync(folder, { recursive: true }));
  const found = (text: string, address: string, port = 22) => {
    writeFileSync(file, text);
    return knownKeys([file], knownName(address, port)).map(({ line, key, revoked }) => ({ line, key, revoked }));
  };

  it("finds a host by its address, with the line number", () => {
    expect(found("# a comment\n192.0.2.1 ssh-ed25519 AAAA\n", "192.0.2.1")).to.deep.equal([
      { line: 2, key: "AAAA", revoked: false },
    ]);
  });

  it("treats another port as another host", () => {
    const text = "[192.0.2.1]:2222 ssh-ed25519 AAAA\n";
    expect(found(text, "192.0.2.1")).to.deep.equal([]);
    expect(found(text, "192.0.2.1", 2222)).to.have.length(1);
  });

  it("matches hashed names", () => {
    const salt = Buffer.from("12345678901234567890");
    const hash = createHmac("sha1", salt).update("host.example").digest("base64");
    expect(found(`|1|${salt.toString("base64")}|${hash} ssh-rsa BBBB\n`, "host.example")).to.have.length(1);
    expect(found(`|1|${salt.toString("base64")}|${hash} ssh-rsa BBBB\n`, "other.example")).to.deep.equal([]);
  });

  it("matches patterns, except for negated names", () => {
    const text = "*.example,!bad.example ssh-ed25519 AAAA\n";
    expect(found(text, "good.example")).to.have.length(1);
    expect(found(text, "bad.example")).to.deep.equal([]);
  });

  it("marks revoked keys, and ignores certificate authorities", () => {
    const text = "@revoked host ssh-ed25519 AAAA\n@cert-authority host ssh-ed25519 BBBB\n";
    expect(found(text, "host")).to.deep.equal([{ line: 1, key: "AAAA", revoked: true }]);
  });

  it("ignores a missing file", () => {
    expect(knownKeys([path.join(folder, "none")], "host")).to.deep.equal([]);
  });
});
