import { expect } from "chai";
import fc from "fast-check";
import { Mask } from "#engine/runner/index.ts";
import { quote } from "#engine/shell/quote.ts";

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

  it("covers two secrets that overlap", () =>
    expect(mask("abcdXY", "XYZWQQ").cover("an abcdXYZWQQ end")).to.equal("an ******** end"));

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
    expect(mask("first-line\nsecond-one").cover("it said: second-one")).to.equal("it said: ********");
  });

  it("covers a number that is secret, as a text too", () => {
    expect(mask("482133").cover({ before: 482133, after: 482134 })).to.deep.equal({
      before: "********",
      after: 482134,
    });
    expect(mask(1234).cover({ pin: 1234, said: "the pin 1234", time: "12345.1234567" })).to.deep.equal({
      pin: "********",
      said: "the pin ********",
      time: "12345.1234567",
    });
    expect(mask("42").cover(42)).to.equal(42);
  });

  it("covers a secret of three characters where it stands alone, and none of fewer", () => {
    expect(mask("abc").cover("pin=abc, 'abc' abc")).to.equal("pin=********, '********' ********");
    expect(mask("abc").cover("abcd xabc ABC")).to.equal("abcd xabc ABC");
    expect(mask("ab", "7", true, null).cover("ab 7 true null")).to.equal("ab 7 true null");
    expect(mask("abc").cover(`616263 ${Buffer.from("abc").toString("base64")}`)).to.equal("******** ********");
  });

  it("covers a secret that is an ordinary word of up to seven letters only where it stands alone", () => {
    for (const [word, within] of [
      ["test", "the latest"],
      ["admin", "administrators"],
      ["станция".slice(0, 4), "станция"],
    ] as const)
      expect(mask(word).cover(`${word} in ${within}, x-${word}`)).to.equal(`******** in ${within}, x-********`);
    for (const text of ["Test", "tes7", "te-t", "password"])
      expect(mask(text).cover(`x${text}x`), text).to.equal("x********x");
  });

  it("finds a word of a command line that holds a secret, however short", () => {
    const made = mask("ab", "hunter22");
    expect(["token=ab", '{"token":"ab"}', "x=hunter22"].map((word) => made.isIn(word))).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect(["--tags", "tabs", "absent"].map((word) => made.isIn(word))).to.deep.equal([false, false, false]);
    const odd = mask("z~", "=");
    expect(["pin=z~", "==", "x=1", "az~", ""].map((word) => odd.isIn(word))).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  /** Every form in which programs and templates write a text into another one. */
  const forms: Readonly<Record<string, (secret: string) => string>> = {
    "as it is": (secret) => secret,
    "in JSON": (secret) => JSON.stringify({ secret }),
    "in JSON within JSON": (secret) => JSON.stringify(JSON.stringify({ secret })),
    "in JSON of ASCII characters": (secret) =>
      JSON.stringify(secret).replace(
        /[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    "quoted for a shell": quote,
    "in a double-quoted shell word": (secret) => `"${secret.replace(/["$`\\]/g, "\\$&")}"`,
    "in XML": (secret) => secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    "percent-encoded": encodeURIComponent,
    "percent-encoded in lower case": (secret) =>
      encodeURIComponent(secret).replace(/%../g, (byte) => byte.toLowerCase()),
    "in the query of a URL": (secret) => new URLSearchParams({ secret }).toString(),
    "as nothing but percent escapes": (secret) => Buffer.from(secret).toString("hex").replace(/../g, "%$&"),
    "in hexadecimal digits": (secret) => Buffer.from(secret).toString("hex"),
    "in upper-case hexadecimal digits": (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
    "in base64": (secret) => Buffer.from(secret).toString("base64"),
    "in base64 for URLs": (secret) => Buffer.from(secret).toString("base64url"),
    "in base64 after one more byte": (secret) => Buffer.from(`u${secret}`).toString("base64"),
    "in base64 after a user's name": (secret) => Buffer.from(`ann:${secret}, and more`).toString("base64"),
    "in base64 after two more bytes": (secret) => Buffer.from(`é${secret}x`).toString("base64url"),
    "in lines of base64": (secret) => Buffer.from(secret).toString("base64").replace(/.{76}/g, "$&\n"),
  };
  const secrets = {
    plain: "correct-horse-7",
    "with quotes": `pass"word's \\ $HOME`,
    "with other letters": "Straße & <tök€n> 🔑",
    long: "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ~!+/=?".repeat(2),
  };
  /** What is left of it may be a byte or two at its ends, which base64 mixes with its neighbours. */
  const readable = (text: string, secret: string): boolean => {
    const part = secret.slice(2, -2);
    const whole = [text, decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, "%25").replace(/\*/g, ""))];
    return (
      whole.some((one) => one.includes(part)) || text.includes(Buffer.from(secret).toString("base64").slice(4, 12))
    );
  };
  for (const [form, written] of Object.entries(forms))
    it(`covers a secret ${form}`, () => {
      for (const [which, secret] of Object.entries(secrets)) {
        const text = mask(secret).cover(`before ${written(secret)} after`);
        expect(text, which).to.include("********");
        expect(readable(text, secret), `${which}: ${text}`).to.equal(false);
      }
    });

  it("covers every secret in every form within every text", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 8, maxLength: 40 }).filter((text) => !text.includes("\0")),
        fc.string({ maxLength: 20 }),
        fc.constantFrom(...Object.values(forms)),
        (secret, around, written) => {
          const text = `${around} ${written(secret)} ${around}`;
          return mask(secret).cover(text) !== text;
        },
      ),
    ));

  it("changes no text without a secret", () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(mask("correct-horse-7", "abc", 99).cover(text.replaceAll("abc", "").replaceAll("99", ""))).to.equal(
          text.replaceAll("abc", "").replaceAll("99", ""),
        );
      }),
    ));

  const processor = (work: () => void): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const event = {
    host: "node-17",
    task: "Write the configuration of the kubelet",
    label: "/var/lib/kubelet/config.yaml",
  };

  it("costs a few microseconds an event, with 200 secrets of a line as with one of 3,000 lines", () => {
    const line = (index: number): string => Buffer.from(`the secret number ${String(index * 7919)}`).toString("base64");
    const many = mask(...Array.from({ length: 200 }, (_, index) => line(index)));
    const long = mask(Array.from({ length: 3000 }, (_, index) => line(index)).join("\n"));
    for (const one of [many, long]) {
      one.cover(event);
      expect(
        processor(() => Array.from({ length: 2000 }, () => one.cover(event))),
        "ms for 2,000 events",
      ).to.be.below(2000);
    }
  });
});
