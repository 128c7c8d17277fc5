import { expect } from "chai";
import { TextSet } from "#engine/runner/events/text-set.ts";

describe("a set of texts that are sought", () => {
  const replaced = (text: string, ...sought: readonly string[]) =>
    new TextSet(sought.map((one) => ({ text: one.replace(/^=/, ""), alone: one.startsWith("=") }))).replace(text, "*");

  it("replaces each of them, at the beginning, in between and at the end", () => {
    expect(replaced("abc x abc yabc", "abc")).to.equal("* x * y*");
    expect(replaced("abc", "abc")).to.equal("*");
    expect(replaced("nothing", "abc")).to.equal("nothing");
    expect(replaced("ab", "abc")).to.equal("ab");
    expect(replaced("", "abc")).to.equal("");
  });

  it("replaces the longest that begins there, in whichever order they are given", () => {
    for (const sought of [
      ["abc", "abcdef"],
      ["abcdef", "abc"],
    ])
      expect(replaced("-abcdef-abcx", ...sought)).to.equal("-*-*x");
  });

  it("replaces texts that overlap as one, and those that follow each other as two", () => {
    expect(replaced("-abcdef-", "abcd", "cdef")).to.equal("-*-");
    expect(replaced("-abcdefg-", "abcdefg", "cde")).to.equal("-*-");
    expect(replaced("-abcdef-", "abc", "def")).to.equal("-**-");
  });

  it("replaces those that count alone only between characters that are no letters and digits", () => {
    for (const around of [" ", "-", "_", ".", "=", ""])
      expect(replaced(`x${around || " "}abc${around}`, "=abc"), around).to.include("*");
    for (const [before, after] of [
      ["x", ""],
      ["", "x"],
      ["1", ""],
      ["", "2"],
      ["é", ""],
    ])
      expect(replaced(`${before ?? ""}abc${after ?? ""}`, "=abc")).to.not.include("*");
    expect(replaced("abcdef abc", "=abc", "=abcde"), "the next shorter one counts").to.equal("abcdef *");
  });
});
