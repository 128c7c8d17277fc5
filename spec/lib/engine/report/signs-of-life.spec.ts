import { expect } from "chai";
import { SignsOfLife } from "#engine/report/signs-of-life.ts";

const at = (seconds: number, task = "Build", line = "1 of 3 done") =>
  ({ type: "progress", play: "P", host: "localhost", role: "artifacts", task, line, seconds }) as const;

describe("progress lines of a task that takes long", () => {
  it("appear in a log after ten seconds, and then every thirty", () => {
    const signs = new SignsOfLife();
    const times = [2, 9.9, 10, 12, 30, 39.9, 40, 70.5].filter((time) => signs.forLog(at(time)) !== undefined);
    expect(times).to.deep.equal([10, 40, 70.5]);
  });

  it("are counted for each task separately, and again for a new attempt", () => {
    const signs = new SignsOfLife();
    expect(signs.forLog(at(50))).to.be.a("string");
    expect(signs.forLog(at(11, "Push"))).to.be.a("string");
    expect(signs.forLog(at(3))).to.equal(undefined);
    expect(signs.forLog(at(10))).to.be.a("string");
  });

  it("have at most 120 characters in a log, and fit the width of a terminal", () => {
    const signs = new SignsOfLife();
    const long = at(600, "Build", "x".repeat(600));
    expect(signs.forLog(long))
      .to.have.length(120)
      .and.match(/^ {2}… localhost: Build: x+…$/);
    expect(signs.forTerminal(long, 80)).to.have.length(80);
    expect(signs.forTerminal(at(600, "Build", "编".repeat(600)), 80))
      .to.have.length(51)
      .and.match(/^ {2}… localhost: Build: 编+…$/);
    expect(signs.forTerminal(at(1.2), 80)).to.equal("  … localhost: Build: 1 of 3 done (1 s)");
  });
});
