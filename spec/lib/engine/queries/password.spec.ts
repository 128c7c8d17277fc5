import { expect } from "chai";
import { password } from "#engine/queries/password.ts";
import { parseAll } from "./parse.ts";

describe("the query password", () => {
  const asked = [password("ada"), password("bob"), password("none")] as const;

  it("knows the digest of each hash by the user's name", () => {
    const [one, other] = ["1".repeat(64), "2".repeat(64)];
    expect(parseAll(asked, `bob:${other}  -\nada:${one}  -\n`)).to.deep.equal([one, other, undefined]);
  });

  it("is no answer for a user who cannot read it", () => {
    expect(() => parseAll(asked, "refused\n")).to.throw("the password of ada can only be read by root");
    expect(() => parseAll(asked, "ada:$6$a$b\n")).to.throw("unexpected");
  });

  it("has no hash in the answer of a host", () => {
    const [{ of }] = asked;
    expect("ask" in of && of.ask(["ada"]))
      .to.match(/sha256sum/)
      .and.to.match(/^if \[ "\$\(id -u\)" = 0 \]/);
  });
});
