import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { Type } from "typebox";
import { parse } from "yaml";
import { inventorySchema, variablesSchema } from "#engine/cli/schema/schemas.ts";

describe("the schemas for editors", () => {
  const specs = {
    web_port: Type.Integer({ minimum: 1, default: 80, description: "Where it listens." }),
    web_names: Type.Array(Type.String(), { description: "Its names." }),
  };
  const accepts = (schema: object, text: string): boolean =>
    new Ajv2020({ strict: false }).compile(schema)(parse(text) as unknown);

  it("of variables accept any part of those that a role declares, and nothing else", () => {
    const schema = variablesSchema(specs);
    for (const text of ["web_port: 8080", "web_names: [a, b]", ""]) expect(accepts(schema, text), text).to.equal(true);
    for (const text of ["web_port: many", "web_prot: 8080", "[]"]) expect(accepts(schema, text), text).to.equal(false);
  });

  it("of an inventory accept groups with hosts, children and variables", () => {
    const schema = inventorySchema(specs);
    for (const text of [
      "all:\n  hosts:\n    a:\n    b: {web_port: 8080}\n  children:\n    web:\n      hosts: {a: }\n      vars: {web_port: 1}",
      "web:\nall: {vars: {web_names: [a]}}",
    ])
      expect(accepts(schema, text), text).to.equal(true);
    for (const text of [
      "web: {hosts: {a: {web_prot: 1}}}",
      "web: {hots: {a: }}",
      "web: {children: {db: {vars: {web_port: x}}}}",
      "web: {hosts: [a, b]}",
    ])
      expect(accepts(schema, text), text).to.equal(false);
  });

  it("show the meaning and the default of a variable", () =>
    expect(variablesSchema(specs).properties).to.have.property("web_port").that.includes({
      default: 80,
      description: "Where it listens.",
    }));
});
