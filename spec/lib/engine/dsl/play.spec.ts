import { expect } from "chai";
import { defineRole, InputError, play, playbook } from "kubeplay";

describe("a playbook", () => {
  it("has its plays in order; a playbook among them contributes its own plays", () => {
    const [one, two, three] = ["one", "two", "three"].map((name) => play({ name, hosts: "all", roles: [] }));
    expect(playbook([one!, playbook([two!]), three!]).map(({ name }) => name)).to.deep.equal(["one", "two", "three"]);
  });
});

describe("a play with a property that it cannot have", () => {
  const role = defineRole({ name: "r", description: "", vars: {}, tasks: () => [] });
  const usual = { name: "p", hosts: "all", roles: [role] };
  const wrong: readonly (readonly [object, string])[] = [
    [{ any_errors_fatal: true }, 'the play "p": there is no any_errors_fatal; did you mean "anyErrorsFatal"?'],
    [{ gather_facts: false }, "there is no gather_facts, expected name, hosts,"],
    [{ tasks: [] }, 'there is no tasks; did you mean "roles"?'],
    [{ hosts: undefined }, "hosts is missing, expected a string or a function"],
    [{ roles: ["r"] }, "roles[0] is a string, expected a role"],
    [{ roles: role }, "roles is an object, expected a list, each entry a role"],
    [{ become: "yes" }, "become is a string, expected true or false"],
    [{ serial: "x" }, "serial is a string, expected a number, a percentage, a list of them, or { variable }"],
    [{ environment: { A: 1 } }, "environment.A is a number, expected a string"],
  ];
  for (const [more, message] of wrong)
    it(`is an error with its place: ${JSON.stringify(Object.keys(more)[0])}`, () => {
      const make = () => play({ ...usual, ...more });
      expect(make).to.throw(InputError, message);
      expect(make).to.throw("play.spec.ts:");
    });

  it("is an error of the role whose tags are a list", () => {
    expect(() => role.tagged(["a"] as never)).to.throw("tagged(…) is a list, expected a string");
  });
});
