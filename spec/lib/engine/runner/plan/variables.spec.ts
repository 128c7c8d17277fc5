import { expect } from "chai";
import { Type } from "typebox";
import { defineRole, play, playbook } from "kubeplay";
import { InputError } from "#engine/errors.ts";
import { Mask } from "#engine/runner/index.ts";
import { Secret } from "#engine/schema/secret.ts";
import { clear, folder, inventoryOf, variablesOf } from "../stage.ts";

const app = defineRole({
  name: "app",
  description: "",
  vars: {
    app_port: Type.Integer({ default: 80, description: "Its port." }),
    app_token: Type.Optional(Secret(Type.String({ description: "Its token." }))),
  },
  tasks: () => [],
});
const site = (role = app) => playbook([play({ name: "P", hosts: "a", roles: [role] })]);
const of = (vars: Readonly<Record<string, unknown>>, role = app, mask = new Mask()) =>
  variablesOf(site(role), inventoryOf(folder(), ["a", "b"], vars), {}, mask);
function problems(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "";
}

describe("the variables of a run", () => {
  after(clear);

  it("are the inventory's over the role's own defaults", () => {
    expect(of({}).of("a", app)).to.include({ app_port: 80 });
    expect(of({ app_port: 81 }).of("a", app)).to.include({ app_port: 81 });
  });

  it("may be set by a playbook for its own use of a role, over the inventory", () => {
    const mine = app.with({ app_port: 82 });
    expect(of({ app_port: 81 }, mine).of("a", mine)).to.include({ app_port: 82 });
  });

  it("are wrong all at once, before anything begins, each once and with its place", () => {
    const found = problems(() => of({ app_port: "many", app_prot: 1 })).split("\n");
    expect(found).to.have.length(2);
    expect(found.join("\n"))
      .to.match(/hosts\.yaml:1:\d+: .*app_port/)
      .and.match(/app_prot.*did you mean "?app_port/);
  });

  it("put every secret under the mask, also of a host that is only asked about later", () => {
    const mask = new Mask();
    of({ app_token: "the-token" }, app, mask);
    expect(mask.cover("the-token")).to.equal("********");

    const late = new Mask();
    const inventory = inventoryOf(folder(), ["a", "b"], { app_token: "the-token" });
    const variables = variablesOf(site(), inventory, { limit: "b" }, late);
    expect(late.cover("the-token")).to.equal("the-token");
    variables.of("b", app);
    expect(late.cover("the-token")).to.equal("********");
  });
});
