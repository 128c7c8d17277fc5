import { expect } from "chai";
import { unknown } from "#engine/tasks/resource.ts";
import { imageSet, type ImagesProps } from "#artifacts/images/image-set.ts";
import { inputsDigest, inputsKey } from "#artifacts/images/inputs-query.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import type { RegistryImage } from "#artifacts/images/registry-query.ts";
import { recipeWith } from "./fixture.ts";

const tool: Recipe = { ...recipeWith("/etc/tool.conf"), tags: ["v1", "v1.0"] };
const standIn: Recipe = { ...tool, repository: "tools/pretender", tags: ["v2"], standIn: "nobody has it" };
const props: ImagesProps = { registry: "192.0.2.1:5000", recipes: [tool, standIn] };
const inputs = { "artifact:tool@1.0.0/amd64": "a".repeat(64), "file:/etc/tool.conf": "b".repeat(64) };
const digest = inputsDigest(tool, inputs) ?? "";

const { does } = imageSet("Push the tools", props);
if (!("resource" in does)) throw new Error("images is a resource");
const { resource } = does;

const made = (inputs?: string): RegistryImage => ({ state: "present", size: 1, ...(inputs ? { inputs } : {}) });
const good = made(digest);
const there = {
  "192.0.2.1:5000/tools/tool:v1": good,
  "192.0.2.1:5000/tools/tool:v1.0": good,
  "192.0.2.1:5000/tools/pretender:v2": made(inputsDigest(standIn, inputs)),
};

describe("the resource images", () => {
  it("reports no difference for images made from the same inputs", () => {
    expect(resource.diff({ images: there, inputs }, props)).to.deep.equal([]);
  });
  const others: readonly (readonly [string, RegistryImage])[] = [
    ["is absent", { state: "absent" }],
    ["was made from other inputs", made("c".repeat(64))],
    ["was made elsewhere", made()],
    ["is in a registry that is not running yet", { state: "unreachable", why: "connection refused" }],
  ];
  for (const [what, state] of others)
    it(`makes only the image with a tag that ${what}`, () => {
      const images = { ...there, "192.0.2.1:5000/tools/tool:v1.0": state };
      const found = resource.diff({ images, inputs }, props);
      expect(found.map(({ what }) => what)).to.deep.equal(["registry.example/tools/tool:v1,v1.0"]);
    });
  it("forecasts unknown images while a program is missing", () => {
    const now = { images: there, inputs: { ...inputs, "artifact:tool@1.0.0/amd64": undefined } };
    expect(resource.diff(now, props).map(({ after }) => after)).to.deep.equal([unknown, unknown]);
    expect(resource.forecast(now, props)).to.deep.equal({ images: unknown });
  });
  it("reports no difference after its own forecast", () => {
    const { images } = resource.forecast({ images: {}, inputs }, props) as { images: typeof there };
    expect(resource.diff({ inputs, images }, props)).to.deep.equal([]);
  });
  it("warns in each run about images that are stand-ins", () => {
    expect(resource.warnings?.({ images: there, inputs }, props)).to.deep.equal([
      "registry.example/tools/pretender:v2 is a stand-in: nobody has it",
    ]);
  });
});

describe("the digest of an image's inputs", () => {
  it("depends on the entrypoint, the user, the names, the files and the base", () => {
    const changes: readonly Partial<Recipe>[] = [
      { entrypoint: ["/tool", "-v"] },
      { user: "0:0" },
      { tags: ["v2"] },
      { files: { ...tool.files, "/etc/motd": { content: "bye\n" } } },
      { base: "tool@1.0.0/amd64" },
    ];
    const digests = changes.map((change) => inputsDigest({ ...tool, ...change }, inputs));
    expect(new Set([digest, ...digests]).size).to.equal(changes.length + 1);
  });
  it("does not depend on the sets and the note", () => {
    expect(inputsDigest({ ...tool, for: ["e2e"], note: "a note" }, inputs)).to.equal(digest);
  });
  it("is undefined while the base is missing", () => {
    expect(inputsDigest({ ...tool, base: "root@trixie/amd64" }, inputs)).to.equal(undefined);
    expect(inputsKey([{ ...tool, base: "root@trixie/amd64" }])).to.contain("artifact:root@trixie/amd64");
  });
});
