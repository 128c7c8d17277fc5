import { expect } from "chai";
import { image, type ImageProps } from "#roles/images/image.ts";
import { recipes } from "#roles/images/images.ts";
import { inputsDigest } from "#roles/images/inputs-query.ts";
import { recipeWith } from "./fixture.ts";

const props: ImageProps = {
  registry: "192.0.2.1:5000",
  recipe: recipeWith("/etc/tool.conf"),
  crane: "crane@0.1.0/amd64",
};
const inputs = { "artifact:tool@1.0.0/amd64": "a".repeat(64), "file:/etc/tool.conf": "b".repeat(64) };
const digest = inputsDigest(props.recipe, inputs);

const { does } = image("Push the tool", props);
if (!("resource" in does)) throw new Error("image is a resource");
const { resource } = does;

describe("the resource image", () => {
  it("is content with an image made of the same", () => {
    expect(resource.diff({ image: { state: "present", inputs: digest }, inputs }, props)).to.deep.equal([]);
  });
  for (const [what, state] of [
    ["is not there", { state: "absent" }],
    ["was made of something else", { state: "present", inputs: "c".repeat(64) }],
    ["was made by another", { state: "present" }],
    ["is in a registry that is yet to be started", { state: "unreachable", why: "connection refused" }],
  ] as const)
    it(`makes an image that ${what}`, () => {
      expect(resource.diff({ image: state, inputs }, props)).to.have.length(1);
    });
  it("foresees an image whose binary is yet to come", () => {
    const now = { image: { state: "absent" }, inputs: { ...inputs, "artifact:tool@1.0.0/amd64": undefined } };
    expect(resource.diff(now, props)).to.deep.equal([{ what: "image", before: "absent", after: "known after apply" }]);
  });
  it("is what its forecast says", () => {
    const after: unknown = resource.forecast({ image: { state: "absent" }, inputs }, props);
    expect(after).to.deep.equal({ image: { state: "present", inputs: digest } });
    expect(resource.diff({ inputs, image: { state: "present", inputs: digest } }, props)).to.deep.equal([]);
  });
  it("is another one for another entrypoint, user or place", () => {
    const others = [{ entrypoint: ["/tool", "-v"] }, { user: "0:0" }, { tag: "v2" }].map((change) =>
      inputsDigest({ ...props.recipe, ...change }, inputs),
    );
    expect(new Set([digest, ...others]).size).to.equal(4);
  });
});

describe("the images of a cluster", () => {
  const versions = { pause: "3.10.2", coredns: "1.14.6", kubernetes: "1.37.2", agnhostImage: "2.66.1" };
  it("have the names and tags that Kubernetes' own manifests use", () => {
    expect(recipes(versions, "amd64").map(({ repository, tag }) => `${repository}:${tag}`)).to.deep.equal([
      "pause:3.10.2",
      "coredns/coredns:v1.14.6",
      "e2e-test-images/agnhost:2.66.1",
    ]);
  });
  it("have a shell in the test image only, and only with a busybox", () => {
    const shells = (busybox: string): string[] =>
      recipes(versions, "amd64", busybox)
        .filter(({ links }) => links?.["/bin/sh"] !== undefined)
        .map(({ repository }) => repository);
    expect(shells("")).to.deep.equal([]);
    expect(shells("/bin/busybox")).to.deep.equal(["e2e-test-images/agnhost"]);
  });
});
