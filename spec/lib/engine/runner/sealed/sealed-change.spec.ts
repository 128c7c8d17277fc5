import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Difference, Step } from "kubeplay";
import { unknown } from "kubeplay";
import { Seal } from "#engine/runner/sealed/seal.ts";
import type { ComingChange } from "#engine/runner/execute/approval.ts";
import { sealChange, sealTask, shownNames, unplanned } from "#engine/runner/sealed/sealed-change.ts";

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

  it("is of its play and task, by id and name", () => {
    const digests = [
      sealTask(seal, "Play", "1", "Write"),
      sealTask(seal, "Other", "1", "Write"),
      sealTask(seal, "Play", "2", "Write"),
      sealTask(seal, "Play", "1", "Mend"),
    ];
    expect(new Set(digests).size).to.equal(4);
    expect(sealTask(seal, "Play", "1", "Write")).to.equal(sealTask(seal, "Play", "1", "Write"));
  });

  describe("beside the one that comes", () => {
    const mode: Difference = { what: "mode", before: "0600", after: "0644" };
    const owner: Difference = { what: "owner", before: "kim", after: "root" };
    const coming = (differences: Difference[], steps?: Step[]) => ({ differences, steps }) as unknown as ComingChange;
    const left = (planned: ComingChange, now: ComingChange) => unplanned(sealChange(seal, planned), seal, now);
    const put = (text: string) => ({ upload: bytes(text), to: "/x", mode: 0o644 });

    it("was planned if all is the same, whatever was there before", () => {
      const planned = coming([mode, owner], ["chmod", "chown"]);
      expect(left(planned, planned)).to.deep.equal([]);
      expect(left(planned, coming([{ ...mode, before: "0777" }, owner], ["chown", "chmod"]))).to.deep.equal([]);
    });

    it("was not if a difference is new, or leads elsewhere; their names have no secrets", () => {
      const planned = coming([mode], ["chmod"]);
      expect(left(planned, coming([mode, owner], ["chmod"]))).to.deep.equal(["owner"]);
      expect(left(planned, coming([{ ...mode, after: "0666" }], ["chmod"]))).to.deep.equal(["mode"]);
      expect(left(planned, coming([{ ...owner, shownAs: "somebody" }, mode], ["chmod"]))).to.deep.equal(["somebody"]);
      expect(shownNames(coming([{ ...owner, shownAs: "somebody" }, mode]))).to.deep.equal(["somebody", "mode"]);
    });

    it("was planned with any end and any steps that were known after apply only", () => {
      const planned = coming([{ ...mode, after: unknown }], ["chmod 1"]);
      expect(left(planned, coming([{ ...mode, after: "0777" }], ["chmod 2"]))).to.deep.equal([]);
      expect(left(planned, coming([owner], ["chown"]))).to.deep.equal(["owner"]);
    });

    it("was not if a step is another, although the differences are those of the plan", () => {
      const planned = coming([mode], ["chmod 1", put("text")]);
      expect(left(planned, coming([mode], ["chmod 2"]))).to.deep.equal(["steps"]);
      expect(left(planned, coming([mode], ["chmod 1"]))).to.deep.equal([]);
    });

    it("may do less than planned by other commands, but put no other content in place", () => {
      const planned = coming([mode, owner], ["chmod && chown", put("text")]);
      expect(left(planned, coming([mode], ["chmod alone", put("text")]))).to.deep.equal([]);
      expect(left(planned, coming([mode], ["chmod alone", put("other")]))).to.deep.equal(["steps"]);
    });

    it("was planned if only the run cannot tell its steps, or it has neither differences nor steps", () => {
      expect(left(coming([mode], ["chmod"]), coming([mode]))).to.deep.equal([]);
      expect(left(coming([], ["ring"]), coming([], ["ring"]))).to.deep.equal([]);
      expect(left(coming([], ["ring"]), coming([], ["ring twice"]))).to.deep.equal(["steps"]);
    });
  });
});
