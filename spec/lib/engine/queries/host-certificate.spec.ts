import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { hostCertificate } from "#engine/queries/host-certificate.ts";
import { issued } from "../pki/issued.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";

describe("the query host certificate", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);

  it("returns the first certificate in each file, and its remaining days", async () => {
    const own = await issued("own", { days: 10 });
    const other = await issued("other", { days: 10, now: new Date(Date.now() - 20 * 24 * 3600 * 1000) });
    writeFileSync(at("own.pem"), own.pem + own.keyPem);
    writeFileSync(at("other.pem"), other.keyPem + other.pem + own.pem);
    writeFileSync(at("rubbish.pem"), own.keyPem);
    execFileSync("mkfifo", [at("pipe.pem")]);
    const names = ["own.pem", "none.pem", "rubbish.pem", "other.pem", "pipe.pem"];
    const [first, none, rubbish, last, pipe] = await ask(names.map((name) => hostCertificate(at(name))));
    expect(first?.certificate).to.deep.equal(own.certificate);
    expect(first?.daysLeft).to.be.within(9.9, 10);
    expect([none, rubbish, pipe]).to.deep.equal([undefined, undefined, undefined]);
    expect(last?.certificate.commonName).to.equal("other");
    expect(last?.daysLeft).to.be.within(-10.1, -9.9);
  });

  it("never reads a key that is in the same file", async () => {
    const { pem, keyPem } = await issued("x");
    writeFileSync(at("x.pem"), keyPem + pem);
    const { of } = hostCertificate(at("x.pem"));
    if (!("ask" in of)) throw new Error("asked on hosts");
    const answer = execFileSync("sh", ["-c", of.ask([at("x.pem")])], { encoding: "utf8" });
    expect(Buffer.from(answer.slice(3), "base64").toString()).to.equal(pem);
  });
});
