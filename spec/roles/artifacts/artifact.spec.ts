import { expect } from "chai";
import type { Cached } from "#roles/artifacts/cached-query.ts";
import { artifact, type ArtifactProps } from "#roles/artifacts/artifact.ts";
import type { Ref, Source } from "#roles/artifacts/cache.ts";

const props: ArtifactProps = {
  component: "etcd",
  versions: { etcd_version: "3.7.3" },
  architecture: "amd64",
  source: "auto",
};
const names = ["etcd", "etcdctl", "etcdutl"];
const ref = (name: string, source: Source): Ref => ({
  name,
  version: "3.7.3",
  architecture: "amd64",
  sha256: "a".repeat(64),
  size: 1,
  source,
});
const cachedAs = (source: Source, which = names): Cached =>
  Object.fromEntries(which.map((name) => [`${name}@3.7.3-linux-amd64`, ref(name, source)]));

const { does } = artifact("Get etcd", props);
if (!("resource" in does)) throw new Error("artifact is a resource");
const { resource } = does;
const missing = (artifacts: Cached, more: Partial<ArtifactProps> = {}): string[] =>
  resource.diff({ artifacts }, { ...props, ...more }).map(({ what }) => what);

describe("the resource artifact", () => {
  it("asks for all binaries of its component in one question", () => {
    const { artifacts } = resource.needs(props);
    expect(artifacts?.key).to.equal(names.map((name) => `${name}@3.7.3-linux-amd64`).join(" "));
    expect(artifacts?.of.kind).to.equal("cached artifacts");
    expect(resource.needs({ ...props, verify: true }).artifacts?.of.kind).to.equal("verified artifacts");
  });
  it("lists the binaries that are not in the cache", () => {
    expect(missing({})).to.deep.equal(names);
    expect(missing(cachedAs("build", ["etcd", "etcdutl"]))).to.deep.equal(["etcdctl"]);
    expect(missing(cachedAs("build"))).to.deep.equal([]);
  });
  it("is content with any source for auto only", () => {
    expect(missing(cachedAs("build"), { source: "upstream" })).to.deep.equal(names);
    expect(missing(cachedAs("upstream"), { source: "upstream" })).to.deep.equal([]);
  });
  it("lets later tasks know which artifacts it brings", () => {
    const effects = resource.effects?.(props, []) as readonly { readonly query: { readonly key: string } }[];
    expect(effects.map(({ query }) => query.key)).to.deep.equal(names.map((name) => `${name}@3.7.3/amd64`));
  });
  it("refuses a component that the catalogue does not have", () => {
    expect(() => resource.label({ ...props, component: "etc" })).to.throw('no component "etc" in the catalogue');
  });
});
