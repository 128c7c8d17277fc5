import { expect } from "chai";
import { good, problems, withFacts } from "./good.ts";

describe("preflight", () => {
  it("finds nothing wrong with a plain Debian 13 machine", () => {
    expect(problems({})).to.deep.equal([]);
  });

  it("names everything at once, and skips what is named", () => {
    const worse = { ...withFacts({ user: "debian" }), masters: good.masters.slice(1), podCidr: "10.96.0.0/16" };
    expect(problems(worse).map((problem) => problem.split(":")[0])).to.deep.equal(["Root", "Networks", "EtcdMembers"]);
    expect(problems(worse, ["Networks", "Root"])).to.have.length(1);
  });
});
