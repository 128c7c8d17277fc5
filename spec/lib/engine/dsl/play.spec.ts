import { expect } from "chai";
import { play, playbook } from "kubeplay";

describe("a playbook", () => {
  it("has its plays in order; a playbook among them contributes its own plays", () => {
    const [one, two, three] = ["one", "two", "three"].map((name) => play({ name, hosts: "all", roles: [] }));
    expect(playbook([one!, playbook([two!]), three!]).map(({ name }) => name)).to.deep.equal(["one", "two", "three"]);
  });
});
