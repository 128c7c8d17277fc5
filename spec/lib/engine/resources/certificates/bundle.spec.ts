import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { certificate, certificateBundle } from "kubeplay";
import { authority } from "../../pki/issued.ts";
import { temporaryFolder } from "../../temporary.ts";
import { subject } from "../one-resource.ts";
import { failureOf, keep, keepAll } from "../on-controller.ts";

describe("the resource certificate bundle", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const bundle = at("bundle.crt");
  const task = (...names: string[]) => certificateBundle("bundle", { path: bundle, certificates: names.map(at) });
  const text = (name: string): string => readFileSync(at(name), "utf8");

  before(async () => {
    for (const name of ["a", "b"]) writeFileSync(at(name), (await authority(name)).pem);
  });

  it("contains the certificates in order, and is written once", async () => {
    const [reason] = (await keep(task("a", "b"))).reasons;
    expect(reason).to.match(/^certificates: absent → CN=a \([0-9a-f]{12}\), CN=b \([0-9a-f]{12}\)$/);
    expect(text("bundle.crt")).to.equal(text("a") + text("b"));
    expect((await keep(task("a", "b"))).outcome).to.equal("ok");
  });

  it("is written again if a certificate is replaced, removed or added", async () => {
    writeFileSync(at("a"), (await authority("a")).pem);
    for (const names of [["a", "b"], ["b", "a"], ["b"], ["a", "b"]]) {
      expect((await keep(task(...names))).outcome).to.equal("changed");
      expect(text("bundle.crt")).to.equal(names.map(text).join(""));
    }
    writeFileSync(bundle, "");
    expect((await keep(task("a", "b"))).reasons[0]).to.contain("unreadable (the file is empty) → ");
  });

  it("is known after apply if one of its CAs will be made, and so are files with its content", async () => {
    expect(subject(task("a")).effects).to.deep.equal({
      [`certificate file ${bundle}`]: "unknown",
      [`controller file ${bundle}`]: "unknown",
    });
    const made = certificate("CA", { path: at("c.crt"), profile: "ca", commonName: "c" });
    const kept = await keepAll(
      [made, certificateBundle("bundle", { path: bundle, certificates: [at("c.crt")] })],
      true,
    );
    expect(kept.map(({ outcome }) => outcome)).to.deep.equal(["changed", "changed"]);
  });

  it("leaves out what is absent and may be, and nothing else", async () => {
    const [certificates, optional] = [["next", "a", "b"].map(at), [at("next")]];
    const both = () => certificateBundle("bundle", { path: bundle, certificates, optional });
    await keep(both());
    expect(text("bundle.crt")).to.equal(text("a") + text("b"));
    writeFileSync(at("next"), (await authority("a")).pem);
    await keep(both());
    expect(text("bundle.crt")).to.equal(text("next") + text("a") + text("b"));
    writeFileSync(at("next"), "rubbish");
    expect(await failureOf(keep(both()))).to.contain(`${at("next")} is unreadable`);
    rmSync(at("next"));
  });

  it("fails and stays unchanged if a certificate cannot be read", async () => {
    const before = text("bundle.crt");
    writeFileSync(at("b"), "rubbish");
    expect(await failureOf(keep(task("a", "b")))).to.contain(`${at("b")} is unreadable (not a certificate in PEM)`);
    rmSync(at("b"));
    expect(await failureOf(keep(task("a", "b")))).to.contain(`${at("b")} is absent`);
    expect(text("bundle.crt")).to.equal(before);
  });
});
