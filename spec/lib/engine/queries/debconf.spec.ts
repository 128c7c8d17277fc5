import { expect } from "chai";
import { existsSync } from "node:fs";
import { debconf } from "#engine/queries/debconf.ts";
import { needs } from "../needs.ts";
import { ask } from "./ask.ts";
import { parseAll } from "./parse.ts";

describe("the query debconf", () => {
  const digest = "0".repeat(64);

  it("knows type, answer and whether it was given, and of a password the digest alone", () => {
    const asked = [debconf("a/text"), debconf("a/secret"), debconf("a/none")] as const;
    expect(parseAll(asked, `string\0seen\0two\nlines\0password\0\0${digest}  -\n\0\0\0\0`)).to.deep.equal([
      { type: "string", value: "two\nlines", seen: true },
      { type: "password", value: digest, seen: false },
      undefined,
    ]);
  });

  it("has no answers of a host without debconf, and rejects half of them", () => {
    expect(parseAll([debconf("a/b"), debconf("a/c")], "")).to.deep.equal([undefined, undefined]);
    expect(() => parseAll([debconf("a/b")], "string\0seen")).to.throw("unexpected");
    expect(() => parseAll([debconf("a/b")], "password\0seen\0in clear\0")).to.throw("unexpected");
  });

  it("asks debconf itself", async function () {
    needs(this, "debconf", existsSync("/usr/bin/debconf-set-selections"));
    expect(await ask([debconf("kubeplay-specs/none")])).to.deep.equal([undefined]);
  });
});
