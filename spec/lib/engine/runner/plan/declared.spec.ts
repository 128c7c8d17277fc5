import { expect } from "chai";
import { defineRole } from "kubeplay";
import { Type } from "typebox";
import { declared } from "#engine/runner/plan/declared.ts";

describe("the variables of a role", () => {
  const vars = { app_port: Type.Integer(), app_name: Type.Optional(Type.String()) };
  const role = defineRole({ name: "app", description: "", vars, tasks: () => [] });
  const values = declared(role, { app_port: 80 }) as Record<string, unknown>;

  it("are those that it declares, with or without a value", () => {
    expect(values.app_port).to.equal(80);
    expect(values.app_name).to.equal(undefined);
  });

  it("are no others: an error has the nearest name and the place", () => {
    expect(() => values.app_prot).to.throw(
      /the role app reads the variable app_prot, which it does not declare.*app_port/,
    );
    expect(() => values.app_prot).to.throw("declared.spec.ts");
  });

  it("can be awaited, shown and copied, as any object", () => {
    expect(JSON.stringify(values)).to.equal('{"app_port":80}');
    expect(values.then).to.equal(undefined);
    expect({ ...values }).to.deep.equal({ app_port: 80 });
  });

  it("may be no object, which is left as it is", () => {
    for (const value of [undefined, null, "a"]) expect(declared(role, value)).to.equal(value);
  });
});
