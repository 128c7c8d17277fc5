import { execFileSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import { quote } from "#engine/shell/quote.ts";

const printed = (script: string): string => execFileSync("sh", ["-c", script], { encoding: "utf8" });

describe("quote", () => {
  it("always quotes, so that a word never becomes an assignment or a keyword", () => {
    expect(quote("plain")).to.equal("'plain'");
    expect(quote("")).to.equal("''");
  });

  it("passes a word with quotes, blanks, newlines and every special character to the command unchanged", () => {
    const words = [
      "it's",
      "''",
      "a b\tc",
      "two\nlines\n",
      "$HOME `id` $(id)",
      "\\",
      "*?[a]",
      "!#~;&|<>(){}",
      "-n",
      "ä€😀",
    ];
    for (const word of words) expect(printed(`printf %s ${quote(word)}`)).to.equal(word);
  });

  it("keeps the words of any list separate", () => {
    const word = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0"));
    const lists = fc.array(word, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lists, (words) => {
        expect(printed(`printf '%s\\0' ${words.map(quote).join(" ")}`)).to.equal(words.map((w) => `${w}\0`).join(""));
      }),
      { numRuns: 30 },
    );
  });

  it("rejects a NUL byte, which no shell can hold", () => {
    expect(() => quote("a\0b")).to.throw("NUL");
  });
});
