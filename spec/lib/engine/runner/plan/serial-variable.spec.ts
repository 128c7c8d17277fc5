import { expect } from "chai";
import { defineRole, play } from "kubeplay";
import { Type } from "typebox";
import { serialOf } from "#engine/runner/plan/serial.ts";
import { hostOf } from "../../../../roles/setting.ts";

const role = defineRole({
  name: "rolling",
  description: "For the spec.",
  vars: { batch: Type.String({ default: "1", description: "For the spec." }) },
  tasks: () => [],
});
const hosts = [hostOf("a", "10.0.0.1"), hostOf("b", "10.0.0.2")];
const about = play({ name: "Nodes", hosts: "all", serial: { variable: "batch" }, roles: [role] });
/** The first host's value. */
const having = (batch: unknown) => ({ of: (host: string) => ({ batch: host === "a" ? batch : "9" }) });

describe("the serial of a play", () => {
  it("is a variable of one of its roles, as a number or a percentage", () => {
    expect(serialOf(about, hosts, having("2"))).to.equal(2);
    expect(serialOf(about, hosts, having(3))).to.equal(3);
    expect(serialOf(about, hosts, having("10%"))).to.equal("10%");
  });

  it("is what the play says without a variable", () => {
    const rest = play({ name: "Nodes", hosts: "all", roles: [role] });
    expect(serialOf(rest, hosts, having("2"))).to.equal(undefined);
    expect(serialOf({ ...rest, serial: [1, "25%"] }, hosts, having("2"))).to.deep.equal([1, "25%"]);
  });

  it("is refused with the value, or with the variable that no role has", () => {
    for (const wrong of ["0", "half", "-1", 1.5, undefined])
      expect(() => serialOf(about, hosts, having(wrong)), JSON.stringify(wrong)).to.throw(
        `the play "Nodes": batch is ${JSON.stringify(wrong)}, expected a number of hosts such as 2`,
      );
    expect(() => serialOf({ ...about, serial: { variable: "other" } }, hosts, having("2"))).to.throw(
      "none of its roles has the variable other",
    );
  });
});
