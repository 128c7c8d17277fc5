import { expect } from "chai";
import { table } from "#engine/report/table.ts";

describe("a table", () => {
  it("is Markdown with aligned columns", () => {
    expect(table(["", "time"], [["kubeplay", "1 s"], ["x"]])).to.equal(
      ["|          | time |", "| -------- | ---: |", "| kubeplay |  1 s |", "| x        |      |"].join("\n"),
    );
  });
});
