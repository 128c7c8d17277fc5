import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { certificateFile, type CertificateState } from "#engine/queries/certificate-file.ts";
import { authority, by, issued } from "../pki/issued.ts";
import { temporaryFolder } from "../temporary.ts";

describe("the query certificate file", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const ask = async (...names: string[]): Promise<CertificateState[]> => {
    const { of } = certificateFile("");
    if (!("get" in of)) throw new Error("asked on the controller");
    return [...(await of.get(names.map(at))).values()];
  };

  it("returns a certificate, its chain and its remaining days", async () => {
    const ca = await authority("ca");
    const leaf = await issued("leaf", { days: 10, ...by(ca) });
    writeFileSync(at("chain.crt"), leaf.pem + ca.pem);
    const [state] = await ask("chain.crt");
    expect(state).to.deep.include({ type: "certificate", certificate: leaf.certificate, chain: [ca.certificate] });
    expect(state).to.have.property("daysLeft").that.is.within(9.9, 10);
  });

  it("returns negative days for an expired certificate", async () => {
    const old = await issued("old", { days: 10, now: new Date(Date.now() - 20 * 24 * 3600 * 1000) });
    writeFileSync(at("old.crt"), old.pem);
    expect((await ask("old.crt"))[0])
      .to.have.property("daysLeft")
      .that.is.within(-10.1, -9.9);
  });

  it("never fails: a file that is not a certificate is a state, one for each path", async () => {
    const { pem } = await issued("x");
    writeFileSync(at("empty.crt"), "");
    writeFileSync(at("garbled.crt"), pem.replace(/[a-m]/g, "x"));
    writeFileSync(at("binary.crt"), Buffer.from([0xff, 0xfe, 0, 1, 2]));
    mkdirSync(at("folder.crt"));
    expect(
      await ask("none.crt", "empty.crt/below", "empty.crt", "garbled.crt", "binary.crt", "folder.crt"),
    ).to.deep.equal([
      { type: "absent" },
      { type: "absent" },
      { type: "unreadable", reason: "the file is empty" },
      { type: "unreadable", reason: "the certificate is damaged: its content cannot be decoded" },
      { type: "unreadable", reason: "not a certificate in PEM" },
      { type: "unreadable", reason: "it is a directory" },
    ]);
  });
});
