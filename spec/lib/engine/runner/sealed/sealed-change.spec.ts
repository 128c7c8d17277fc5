import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Difference, Step } from "kubeplay";
import { unknown } from "kubeplay";
import { Seal } from "#engine/runner/sealed/seal.ts";
import { sealChange } from "#engine/runner/sealed/sealed-change.ts";

describe("a sealed change", () => {
  let root: string;
  let seal: Seal;
  before(() => {
    root = mkdtempSync(path.join(tmpdir(), "sealed-change-"));
    seal = Seal.of(root);
  });
  after(() => rmSync(root, { recursive: true }));

  const difference: Difference = { what: "mode", before: "0600", after: "0644" };
  const ofDifference = (...found: Difference[]) => sealChange(seal, { differences: found, steps: [] });
  const ofSteps = (...steps: Step[]) => sealChange(seal, { differences: [difference], steps });
  const bytes = (text: string) => ({ bytes: Buffer.from(text) });

  it("of a difference has what is changed and its end, and not its beginning", () => {
    const sealed = ofDifference(difference);
    expect(ofDifference({ ...difference, before: "0777" })).to.deep.equal(sealed);
    expect(ofDifference({ ...difference, after: "0640" })).to.not.deep.equal(sealed);
    expect(ofDifference({ ...difference, what: "owner" })).to.not.deep.equal(sealed);
    expect(ofDifference({ ...difference, after: undefined })).to.not.deep.equal(sealed);
  });

  it("of a difference with a desired state has this in place of its end", () => {
    const desired = { ...difference, desired: "read by all" };
    expect(ofDifference({ ...desired, after: "an estimate" })).to.deep.equal(ofDifference(desired));
    expect(ofDifference({ ...desired, desired: "read by none" })).to.not.deep.equal(ofDifference(desired));
  });

  for (const [what, open] of Object.entries<Partial<Difference>>({
    "is unknown": { after: unknown },
    "says in words that it is known after apply": { after: "known after apply: the digest of a download" },
    "is desired to be anything": { desired: unknown },
  }))
    it(`leaves the end and the steps open if the end ${what}`, () => {
      const sealed = sealChange(seal, { differences: [{ ...difference, ...open }], steps: ["chmod 0644 /x"] });
      expect(sealed.differences[0]).to.have.keys("what");
      expect(sealed).to.not.have.property("steps");
    });

  it("leaves the steps open if only the run knows them", () => {
    const sealed = sealChange(seal, { differences: [difference], steps: undefined });
    expect(sealed.differences[0]).to.have.keys("what", "after");
    expect(sealed).to.not.have.property("steps");
    expect(ofSteps()).to.have.property("steps");
  });

  it("of a command has the command and its environment, in whichever form it is given", () => {
    expect(ofSteps("touch /x")).to.deep.equal(ofSteps({ sh: "touch /x" }));
    expect(ofSteps("touch /x")).to.not.deep.equal(ofSteps("touch /y"));
    expect(ofSteps({ sh: "touch /x", environment: { A: "1" } })).to.not.deep.equal(ofSteps("touch /x"));
    expect(ofSteps({ sh: "touch /x", timeout: 9 }), "its limit changes nothing").to.deep.equal(ofSteps("touch /x"));
  });

  it("of a file has its place, mode and content, from wherever it comes", () => {
    const upload = { upload: bytes("text"), to: "/x", mode: 0o644 };
    const sealed = ofSteps(upload);
    expect(sealed.steps?.[0]?.upload).to.equal(true);
    expect(ofSteps("touch /x").steps?.[0]).to.not.have.property("upload");
    for (const other of [{ upload: bytes("other") }, { to: "/y" }, { mode: 0o600 }])
      expect(ofSteps({ ...upload, ...other }), JSON.stringify(other)).to.not.deep.equal(sealed);
    expect(ofSteps({ ...upload, owner: "root" }), "an existing file keeps its owner").to.deep.equal(sealed);
    const file = path.join(root, "text");
    writeFileSync(file, "text");
    expect(ofSteps({ ...upload, upload: { file } })).to.deep.equal(sealed);
    const sha256 = "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1";
    expect(ofSteps({ ...upload, upload: { file: "/none" }, sha256 })).to.deep.equal(sealed);
  });

  it("of content that is made late has its digest, if this is known", () => {
    const late = { upload: () => Promise.resolve(bytes("text")), to: "/x", mode: 0o644 };
    const sha256 = "0".repeat(64);
    expect(ofSteps({ ...late, sha256 })).to.not.deep.equal(ofSteps(late));
    expect(ofSteps(late)).to.deep.equal(ofSteps({ ...late }));
  });

  it("of work on the controller or over the connection has what this says about itself", () => {
    const onController = () => Promise.resolve();
    const overConnection = () => Promise.resolve(undefined);
    expect(ofSteps({ onController })).to.deep.equal(ofSteps({ overConnection }));
    expect(ofSteps({ onController, about: "a certificate" })).to.not.deep.equal(ofSteps({ onController }));
    expect(ofSteps({ onController, about: "a" })).to.not.deep.equal(ofSteps({ onController, about: "b" }));
  });
});
