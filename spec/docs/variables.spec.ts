import { readFileSync } from "node:fs";
import { expect } from "chai";
import { Type } from "typebox";
import { variablesPage } from "#engine/cli/variables-page.ts";
import { Secret } from "#engine/schema/secret.ts";
import { currentPage } from "../../docs/variables.ts";

describe("the page of variables", () => {
  it("lists each variable's type, its default, and the roles that read it", () => {
    const port = Type.Integer({ minimum: 1, maximum: 9, default: 4, description: "Where it listens." });
    const page = variablesPage([
      { name: "web", vars: { web_port: port, web_key: Secret(Type.String({ description: "a | b" })) } },
      { name: "proxy", vars: { web_port: port } },
    ]);
    expect(page).to.include("| `web_port` | an integer from 1 to 9 | `4` | Where it listens. | proxy, web |");
    expect(page).to.include("| `web_key` | a string; secret, never shown |  | a \\| b | web |");
  });

  it("names up to five roles that read a variable, and counts more", () => {
    const roles = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: `role-${String(index)}`,
        vars: { shared: Type.String({ description: "Shared." }) },
      }));
    expect(variablesPage(roles(5))).to.include("role-0, role-1, role-2, role-3, role-4 |");
    expect(variablesPage(roles(6)))
      .to.include("| 6 roles |")
      .and.not.include("role-0");
  });

  it("in docs/ matches the roles: npm run docs:variables updates it", async () => {
    expect(readFileSync("docs/variables.md", "utf8")).to.equal(await currentPage());
  });
});
