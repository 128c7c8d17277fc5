import { expect } from "chai";
import { play, playbook } from "#engine/dsl/index.ts";

describe("a playbook", () => {
  it("is its plays in their order; a playbook among them contributes its own", () => {
    const [one, two, three] = ["one", "two", "three"].map((name) => play({ name, hosts: "all", roles: [] }));
    expect(playbook([one!, playbook([two!]), three!]).map(({ name }) => name)).to.deep.equal(["one", "two", "three"]);
  });
});
