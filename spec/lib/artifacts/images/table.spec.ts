import { expect } from "chai";
import { inputsDigest } from "#artifacts/images/inputs-query.ts";
import { ingredients } from "#artifacts/images/ingredients.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import { imageTable, madeOf } from "#artifacts/images/table.ts";
import { recipeWith } from "./fixture.ts";

const recipe: Recipe = {
  ...recipeWith("/etc/tool.conf"),
  tags: ["v1", "v2"],
  note: "a note",
  standIn: "nobody has it",
};
const inputs = { "artifact:tool@1.0.0/amd64": "a".repeat(64), "file:/etc/tool.conf": "b".repeat(64) };
const now = inputsDigest(recipe, inputs) ?? "";

describe("the list of images", () => {
  it("shows the size of each pushed tag, and the details of the image", () => {
    const images = {
      "192.0.2.1:5000/tools/tool:v1": { state: "present", size: 12_340_000, inputs: now },
      "192.0.2.1:5000/tools/tool:v2": { state: "absent" },
    } as const;
    expect(imageTable([recipe], "192.0.2.1:5000", images, inputs)).to.deep.equal([
      "registry.example/tools/tool:v1  12.3 MB",
      "registry.example/tools/tool:v2  not pushed",
      "    made of tool@1.0.0",
      "    a note",
      "    STAND-IN: nobody has it",
    ]);
  });
  it("shows an image made from other inputs, and a registry that does not answer", () => {
    const images = {
      "192.0.2.1:5000/tools/tool:v1": { state: "present", size: 1e6, inputs: "c" },
      "192.0.2.1:5000/tools/tool:v2": { state: "unreachable", why: "connection refused" },
    } as const;
    expect(imageTable([recipe], "192.0.2.1:5000", images, inputs).slice(0, 2)).to.deep.equal([
      "registry.example/tools/tool:v1  1.0 MB (made from other inputs)",
      "registry.example/tools/tool:v2  unreachable: connection refused",
    ]);
  });
  it("shows no sizes without a registry", () => {
    expect(imageTable([recipe], "", {}, inputs)[0]).to.equal("registry.example/tools/tool:v1");
  });
  it("describes a root file system by its packages", () => {
    const { root } = ingredients({ debian_suite: "trixie" }, "amd64");
    expect(madeOf({ ...recipe, base: root("nginx") })).to.equal(
      "Debian trixie with nginx-light, ca-certificates, tool@1.0.0",
    );
  });
});
