import { expect } from "chai";
import { columnsOf, cutTo } from "#engine/report/columns.ts";

describe("the columns of a text", () => {
  it("are two for a wide character, and none for a colour or an accent", () => {
    expect(["nginx", "写入", "写 nginx", "👩‍👩‍👧", "e\u0301", "\u001b[31mred\u001b[39m"].map(columnsOf)).to.deep.equal([
      5, 4, 8, 2, 1, 3,
    ]);
  });

  it("limit a text, which is cut between characters", () => {
    expect(cutTo("写入配置", 8)).to.equal("写入配置");
    expect([7, 6, 5, 4, 2, 1].map((columns) => cutTo("写入配置", columns))).to.deep.equal([
      "写入配…",
      "写入…",
      "写入…",
      "写…",
      "…",
      "…",
    ]);
    expect(cutTo("e\u0301e\u0301e\u0301", 2)).to.equal("e\u0301…");
    expect(cutTo("编".repeat(100_000), 80)).to.equal(`${"编".repeat(39)}…`);
    expect(cutTo("👩‍👩‍👧👩‍👩‍👧", 3)).to.equal("👩‍👩‍👧…");
  });

  it("are counted by characters in a text that is too long to look at each", () => {
    expect(columnsOf("编".repeat(1_000_000))).to.equal(1_000_000);
  });
});
