import { expect } from "chai";
import { good, problems, withFacts } from "./good.ts";

describe("preflight", () => {
  it("reports no problem of a plain Debian 13 machine", () => {
    expect(problems({})).to.deep.equal([]);
  });

  it("reports all problems at once, and skips checks by name", () => {
    const worse = { ...withFacts({ user: "debian" }), masters: good.masters.slice(1), podCidr: "10.96.0.0/16" };
    expect(problems(worse).map((problem) => problem.split(":")[0])).to.deep.equal(["Root", "Networks", "EtcdMembers"]);
    expect(problems(worse, ["Networks", "Root"])).to.have.length(1);
  });
});
