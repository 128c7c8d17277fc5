import { expect } from "chai";
import { formsOf } from "#engine/runner/events/secret-forms.ts";

describe("the forms of a secret", () => {
  const texts = (secret: string) => formsOf(secret).map(({ text }) => text);
  const alone = (secret: string) =>
    formsOf(secret)
      .filter(({ alone }) => alone)
      .map(({ text }) => text);

  for (const width of [64, 76])
    it(`are each of the lines of ${String(width)} characters in which base64 is written, but for a last one of few`, () => {
      const secret = "s3cr3t/".repeat(20);
      const lines = Buffer.from(secret)
        .toString("base64")
        .match(new RegExp(`.{1,${String(width)}}`, "g"));
      expect(lines).to.have.length.above(2);
      expect(texts(secret)).to.include.members(lines!.filter((line) => line.length >= 8));
      const short = "x".repeat((width / 4) * 3 + 3);
      const last = Buffer.from(short).toString("base64").slice(width);
      expect(last).to.have.length(4);
      expect(texts(short), "too few to be told from other text").to.not.include(last);
      expect(texts(short)).to.include(Buffer.from(short).toString("base64").slice(0, width));
    });

  it("are no lines if the base64 fits into one", () => {
    const fits = "x".repeat(48);
    expect(Buffer.from(fits).toString("base64")).to.have.length(64);
    expect(
      new Set(texts(fits).filter((text) => text.length >= 64 && !/^([0-9a-f]{2}|%..)+$/i.test(text))),
    ).to.deep.equal(new Set([Buffer.from(fits).toString("base64")]));
  });

  it("count within a longer text only if they cannot be a part of a word", () => {
    expect(alone("abc")).to.include("abc");
    expect(alone("abcdefg"), "a word").to.include("abcdefg");
    expect(alone("1234567"), "a number").to.include("1234567");
    expect(alone("abcdefgh"), "a long word").to.not.include("abcdefgh");
    expect(alone("abcDefg"), "no word").to.not.include("abcDefg");
  });

  it("are those of a secret without the space around it, and of its longer lines, but no frame of a key", () => {
    const key = "-----BEGIN KEY-----\n  first-line-of-key  \n short\n-----END KEY-----\n";
    expect(texts(key)).to.include.members([key, key.trim(), "first-line-of-key"]);
    expect(texts(key)).to.not.include.members(["-----BEGIN KEY-----", "-----END KEY-----", "short"]);
    for (const absent of ["-----BEGIN KEY-----", "-----END KEY-----", "short"])
      expect(texts(key)).to.not.include(absent);
  });
});
