import { expect } from "chai";
import { scrambled } from "#engine/schema/other-secrets.ts";

describe("another secret of the same form", () => {
  it("can be used where a role expects a URL, a path, JSON or base64", () => {
    const url = new URL(scrambled("https://ann:pw!@example.org:8443/x/") as string);
    expect([url.username, url.port]).to.deep.equal(["boo", "9554"]);
    expect(scrambled("/etc/key")).to.equal("/fud/lfz");
    expect(scrambled('{"user": ["ann"]}')).to.equal('{"vtfs": ["boo"]}');
    expect(scrambled("c2VjcmV0IQ==")).to.equal("d3WkdnW1JR==");
  });

  it("differs in each letter and digit, and in the first and last character", () => {
    const texts = ["пароль1", "$$P4ss##", "Summer2024!!", "__v-1__", "𝔄key𝔄", "{P4ss!", "P4ss1=", "?!"];
    for (const text of texts) {
      const other = scrambled(text) as string;
      expect(other).to.have.length(text.length);
      for (const [index, unit] of text.split("").entries())
        if (index === 0 || index === text.length - 1 || /[\p{L}\p{N}\p{Cs}]/u.test(unit))
          expect(other[index], text).to.not.equal(unit);
    }
  });

  it("is a number in which each digit is another one", () => {
    expect([48291377, 98, 99, 100, 0, 8.5].map((one) => scrambled(one))).to.deep.equal([59382488, 89, 88, 211, 1, 9.6]);
  });
});
