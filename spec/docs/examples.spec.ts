import { readFileSync } from "node:fs";
import { expect } from "chai";
import { format, resolveConfig } from "prettier";
import { currentPage, lengths } from "../../docs/examples.ts";

describe("the page of examples", () => {
  it("has the files of examples/: npm run docs:examples updates it", async () => {
    const config = await resolveConfig("docs/examples.md");
    const wanted = await format(currentPage(), { ...config, parser: "markdown" });
    expect(readFileSync("docs/examples.md", "utf8")).to.equal(wanted);
  });

  it("has roles that are shorter than their twins, by a quarter at least", () => {
    expect(lengths()).to.have.lengthOf(3);
    for (const { name, own, twin } of lengths()) expect(own, name).to.be.below(twin * 0.75);
  });
});
