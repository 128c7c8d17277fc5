import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { certificate } from "kubeplay";
import { inspect } from "#engine/pki/inspect.ts";
import { authority, by, issued } from "../../pki/issued.ts";
import { temporaryFolder } from "../../temporary.ts";
import { failureOf, keep } from "../on-controller.ts";

const ago = (days: number): Date => new Date(Date.now() - days * 24 * 3600 * 1000);

describe("the resource certificate, for a CA", () => {
  const folder = temporaryFolder();
  let count = 0;
  let ca = "";
  let key = "";

  type Props = Parameters<typeof certificate>[1];
  const task = (change: Partial<Props> = {}) =>
    certificate("CA", { path: ca, profile: "ca", commonName: "lab-ca", ...change });

  beforeEach(async () => {
    ca = path.join(folder, String(++count), "ca.crt");
    key = ca.replace(/crt$/, "key");
    await keep(task());
  });

  /** The task fails with the cause and the remedy, and both files stay unchanged. */
  const refuses = async (change: Partial<Props>, why: string): Promise<void> => {
    const files = () => [ca, key].map((file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined));
    const before = files();
    const message = await failureOf(keep(task(change)));
    expect(message).to.contain(why).and.to.contain("Restore the CA's certificate and key from a backup");
    expect(message).not.to.contain("PRIVATE");
    expect(files()).to.deep.equal(before);
  };

  it("is made once, for ten years", async () => {
    expect(inspect(readFileSync(ca, "utf8"))).to.include({ isCa: true, selfSigned: true, commonName: "lab-ca" });
    const years = (inspect(readFileSync(ca, "utf8")).notAfter.getTime() - Date.now()) / (365 * 24 * 3600 * 1000);
    expect(years).to.be.within(9.99, 10);
    expect((await keep(task())).outcome).to.equal("ok");
  });

  it("is never replaced if the configuration changes", async () => {
    await refuses({ commonName: "other" }, "its subject is CN=lab-ca, and the configuration says CN=other");
    await refuses({ organizations: ["o"] }, "its subject is CN=lab-ca, and the configuration says CN=lab-ca, O=o");
    await refuses({ algorithm: "rsa-2048" }, "its key is ecdsa-p256, and the configuration says rsa-2048");
    const root = await authority("root");
    const rootPath = path.join(path.dirname(ca), "root.crt");
    writeFileSync(rootPath, root.pem);
    await refuses({ ca: rootPath }, "issued by CN=lab-ca, and the configuration says");
  });

  it("is never replaced if one of its files is lost or damaged", async () => {
    const whole = readFileSync(ca, "utf8");
    const wholeKey = readFileSync(key, "utf8");
    rmSync(key);
    await refuses({}, "its key is absent, while its certificate is there");
    writeFileSync(key, "rubbish");
    await refuses({}, "its key is unreadable (not a private key in PEM)");
    writeFileSync(key, (await issued("x")).keyPem);
    await refuses({}, "its certificate and its key do not belong together");
    writeFileSync(key, wholeKey);
    writeFileSync(ca, "");
    await refuses({}, "its certificate is unreadable (the file is empty)");
    rmSync(ca);
    writeFileSync(key, "");
    await refuses({}, "its certificate is absent and its key unreadable");
    writeFileSync(key, wholeKey);
    await refuses({ algorithm: "ecdsa-p384" }, "its certificate is absent, and its key is ecdsa-p256, not ecdsa-p384");
    writeFileSync(ca, whole);
    expect((await keep(task())).reasons).to.deep.equal(["mode of the key: 0644 → 0600"]);
  });

  it("does not replace a certificate that is not a CA's", async () => {
    const leaf = await issued("lab-ca");
    writeFileSync(ca, leaf.pem);
    writeFileSync(key, leaf.keyPem);
    await refuses({}, "it is not a CA's certificate");
  });

  it("is completed with its existing key if a run was cut off between key and certificate", async () => {
    const before = readFileSync(key, "utf8");
    rmSync(ca);
    expect((await keep(task())).reasons).to.deep.equal(["certificate: absent → CN=lab-ca, for the key that is there"]);
    expect(readFileSync(key, "utf8")).to.equal(before);
    expect((await keep(task())).outcome).to.equal("ok");
  });

  it("is reported and left unchanged if it expires soon or has expired", async () => {
    const save = async (days: number, age: number): Promise<void> => {
      const old = await authority("lab-ca", { days, now: ago(age) });
      writeFileSync(ca, old.pem);
      writeFileSync(key, old.keyPem);
    };
    await save(400, 100);
    const near = await keep(task());
    expect(near).to.deep.include({ outcome: "ok", reasons: [] });
    expect(near.warnings).to.have.length(1);
    expect(near.warnings[0]).to.contain(`The CA ${ca} expires on`).and.to.contain("in 299 days");
    expect((await keep(task({ renewBeforeDays: 200 }))).warnings).to.deep.equal([]);
    await save(100, 200);
    const ended = await keep(task());
    expect(ended.outcome).to.equal("ok");
    expect(ended.warnings[0]).to.contain("nothing that it issued is accepted any more");
    const late = certificate("late", { path: `${ca}.leaf.crt`, profile: "client", commonName: "late", ca });
    expect(await failureOf(keep(late))).to.contain("it can issue nothing any more");
  });

  it("is accepted as an intermediate only while its own CA has signed it", async () => {
    const middle = path.join(path.dirname(ca), "middle.crt");
    const intermediate = certificate("intermediate", { path: middle, profile: "ca", commonName: "middle", ca });
    await keep(intermediate);
    expect((await keep(intermediate)).outcome).to.equal("ok");
    const other = await authority("lab-ca");
    writeFileSync(ca, other.pem);
    writeFileSync(key, other.keyPem);
    expect(await failureOf(keep(intermediate))).to.contain("issued by another CA with the name CN=lab-ca");
    const foreign = await authority("middle", by(other));
    writeFileSync(middle, foreign.pem);
    expect(await failureOf(keep(intermediate))).to.contain("do not belong together");
  });
});
