import { expect } from "chai";
import { answer, hostCertificate, packageNamed, packetFilterTable, path } from "#engine/queries/index.ts";
import { unpacked } from "#engine/queries/unpacked.ts";
import { askNow } from "#engine/queries/define.ts";
import { failure } from "./failure.ts";
import { parseAll } from "./parse.ts";

describe("an incomplete answer of a host", () => {
  it("is an error and no state", () => {
    expect(() => parseAll([answer("true")], "\n")).to.throw("unexpected");
    expect(() => parseAll([packageNamed("a")], "installed\t1\ta\n")).to.throw('unexpected "installed\t1\ta"');
    expect(() => parseAll([packetFilterTable("ip a"), packetFilterTable("ip b")], "")).to.throw("unexpected");
    expect(() => parseAll([path("/a")], "f\0f\x00644\0")).to.throw("unexpected");
    for (const cut of ["", "yes\0"]) expect(() => parseAll([unpacked("/a")], cut)).to.throw("unexpected");
    const certificates = [hostCertificate("/a"), hostCertificate("/b")] as const;
    expect(() => parseAll(certificates, "is \n")).to.throw("1 answers to 2 paths");
  });

  it("cannot be had from the controller", async () => {
    expect(await failure(askNow(path("/a")))).to.equal(
      "path /a: only a host can answer this query, not the controller",
    );
  });
});
