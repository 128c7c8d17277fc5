import { expect } from "chai";
import { Mask } from "#engine/runner/index.ts";

function mask(...secrets: unknown[]): Mask {
  const made = new Mask();
  for (const secret of secrets) made.add(secret);
  return made;
}

describe("a mask", () => {
  it("covers a secret wherever it is in a value", () => {
    const event = { message: "with hunter22", list: ["hunter22", { deep: "xhunter22x" }], seconds: 1, none: undefined };
    expect(mask("hunter22").cover(event)).to.deep.equal({
      message: "with ********",
      list: ["********", { deep: "x********x" }],
      seconds: 1,
      none: undefined,
    });
  });

  it("covers a secret that begins with another one wholly", () =>
    expect(mask("token", "token-and-more").cover("token-and-more token")).to.equal("******** ********"));

  it("covers every part of a secret that has parts", () =>
    expect(mask({ a: ["first-one"], b: { c: "other-one" } }).cover("first-one other-one")).to.equal(
      "******** ********",
    ));

  it("covers the lines of a secret text that a template has indented, but no frame of a key", () => {
    const key = "-----BEGIN X-----\nMIIEvQIBADANBgkqhkiG\nshort\n-----END X-----\n";
    expect(mask(key).cover("  -----BEGIN X-----\n  MIIEvQIBADANBgkqhkiG\n")).to.equal(
      "  -----BEGIN X-----\n  ********\n",
    );
    expect(mask(key).cover(`before ${key.trim()} after`)).to.equal("before ******** after");
  });

  it("covers a secret that was written as JSON, quoted for a shell, or encoded within more", () => {
    const secret = "pass\"word's";
    const quoted = secret.replaceAll("'", String.raw`'\''`);
    expect(mask(secret).cover(JSON.stringify({ secret }))).to.equal('{"secret":"********"}');
    expect(mask(secret).cover(`sh -c '${quoted}'`)).to.equal("sh -c '********'");
    for (const before of ["", "x", "xy", "xyz"]) {
      const encoded = Buffer.from(`${before}${secret} and more`).toString("base64");
      expect(mask(secret).cover(encoded)).to.include("********");
    }
  });

  it("covers a number that is secret as a text", () => {
    expect(mask("482133").cover({ before: 482133, after: 482134 })).to.deep.equal({
      before: "********",
      after: 482134,
    });
    expect(mask("42").cover(42)).to.equal(42);
  });

  it("lets ordinary text be where a secret is too short, or is a number", () =>
    expect(mask("abc", 1234, true, null).cover("abc 1234 true")).to.equal("abc 1234 true"));
});
