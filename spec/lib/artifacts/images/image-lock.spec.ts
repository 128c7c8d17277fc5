import { expect } from "chai";
import { readImageDigests } from "#artifacts/images/image-lock.ts";
import { allRecipes } from "#artifacts/images/recipes.ts";
import { officialImages, referenceName } from "#artifacts/images/reference.ts";
import { defaultVersions } from "../../../upstream/addresses.ts";

describe("images.lock.json", () => {
  it("has digests of images of the default versions only", async () => {
    const known = officialImages(allRecipes(defaultVersions, ["amd64"])).map(referenceName);
    expect(known).to.include.members(Object.keys(await readImageDigests()));
  });

  it("has a digest of each image that every cluster of the defaults runs", async () => {
    expect(await readImageDigests()).to.include.keys(
      `registry.k8s.io/pause:${defaultVersions.pause_version ?? ""}`,
      `registry.k8s.io/coredns/coredns:v${defaultVersions.coredns_version ?? ""}`,
      `quay.io/cilium/cilium:v${defaultVersions.cilium_version ?? ""}`,
      `quay.io/cilium/operator-generic:v${defaultVersions.cilium_version ?? ""}`,
    );
  });
});
