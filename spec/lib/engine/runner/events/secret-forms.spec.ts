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

  describe("of a secret with other characters than letters and digits", () => {
    const written: Readonly<Record<string, readonly [secret: string, ...forms: string[]]>> = {
      "in JSON, in JSON within JSON, and in JSON of ASCII alone": [
        'one "two"\\three\n\u00e9\u20ac',
        'one \\"two\\"\\\\three\\n\u00e9\u20ac',
        'one \\\\\\"two\\\\\\"\\\\\\\\three\\\\n\u00e9\u20ac',
        'one \\"two\\"\\\\three\\n\\u00e9\\u20ac',
      ],
      "in JSON of ASCII alone, though it needs no escapes else": ["caf\u00e9-\u0080", "caf\\u00e9-\\u0080"],
      "as a word of a shell: in quotes, with backslashes, and in double quotes": [
        "it's $1 `x` \u00e9;",
        "it'\\''s $1 `x` \u00e9;",
        "it\\'s\\ \\$1\\ \\`x\\`\\ \u00e9\\;",
        "it's \\$1 \\`x\\` \u00e9;",
      ],
      "in XML": ["a<b>&\"c\"'d'", "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;"],
      "in a URL, by each way to escape, in either case": [
        "a b/c!(d)*'\u00e9",
        "a%20b%2Fc!(d)*'%C3%A9",
        "a%20b%2fc!(d)*'%c3%a9",
        "a+b%2Fc!(d)*'%C3%A9",
        "a%20b%2Fc%21%28d%29%2A%27%C3%A9",
        "a%20b%2fc%21%28d%29%2a%27%c3%a9",
        "a%20b/c!(d)*'%C3%A9",
        "a+b%2Fc%21%28d%29*%27%C3%A9",
      ],
    };
    for (const [where, [secret, ...forms]] of Object.entries(written))
      it(`are those ${where}`, () => {
        expect(texts(secret)).to.include.members([secret, ...forms]);
        const noise = texts("plain-text").filter((text) => text.includes("\\") || text.includes("&"));
        expect(noise, "and none of a plain text").to.deep.equal([]);
      });

    it("are those of a lone half of a character, which no URL can hold", () => {
      expect(texts("one \ud800 two")).to.include("one%20%EF%BF%BD%20two");
    });

    it("are no quotes of what no shell can hold", () => {
      expect(texts("one\0two")).to.include("one\\\0two").and.include("one\\u0000two");
    });
  });

  it("are its digits in hexadecimal, also as a URL of nothing but escapes", () => {
    expect(texts("key-k")).to.include.members(["6b65792d6b", "6B65792D6B", "%6b%65%79%2d%6b", "%6B%65%79%2D%6B"]);
  });

  for (const [what, around] of [
    ["alone", ["", ""]],
    ["after one more byte", ["x", "yz"]],
    ["after two more", ["xy", "z"]],
  ] as const)
    // prettier-ignore
    it(`are parts of base64, ${what}, in the form for URLs too`, () => {
      const secret = "\u00ff\u00fe~~~secret~~~\u00ff\u00fe";
      const whole = Buffer.from(around.join(secret)).toString("base64");
      const forUrls = Buffer.from(around.join(secret)).toString("base64url");
      for (const text of [whole, forUrls]) {
        const found = texts(secret).filter((form) => text.includes(form));
        expect(Math.max(...found.map(({ length }) => length)), text).to.be.at.least(
          Math.floor((Buffer.byteLength(secret) * 8) / 6) - 1,
        );
      }
      expect(texts(secret).join()).to.not.include("=");
    });

  it("are in no encoding too short to be told from other text unless they stand alone", () => {
    const base64 = Buffer.from("abcde").toString("base64").replace(/=+$/, "");
    expect(base64).to.have.length(7);
    expect(alone("abcde")).to.include(base64);
    expect(alone("abcdeF")).to.not.include(Buffer.from("abcdeF").toString("base64"));
    expect(texts("ab").every(({ length }) => length >= 3)).to.equal(true);
    expect(texts("ab")).to.not.include("ab");
    expect(texts("abc")).to.include("abc");
  });
});
