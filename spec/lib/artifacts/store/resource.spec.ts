import { expect } from "chai";
import type { Cached } from "#artifacts/store/cached-query.ts";
import { artifacts, type ArtifactsProps } from "#artifacts/store/resource.ts";
import type { Ref, Source } from "#engine/cache/cache.ts";

const props: ArtifactsProps = {
  components: ["etcd", "crictl"],
  versions: { etcd_version: "3.7.3", crictl_version: "1.36.0" },
  architectures: ["amd64"],
  controller: "amd64",
  source: "auto",
};
const all = ["etcd@3.7.3", "etcdctl@3.7.3", "etcdutl@3.7.3", "crictl@1.36.0"];
const ref = (name: string, source: Source): Ref => ({
  name,
  version: "1",
  architecture: "amd64",
  sha256: "a".repeat(64),
  size: 1,
  source,
});
const cachedAs = (source: Source, which = all): Cached =>
  Object.fromEntries(which.map((name) => [`${name}-linux-amd64`, ref(name, source)]));

const { does } = artifacts("Get them", props);
if (!("resource" in does)) throw new Error("artifacts is a resource");
const { resource } = does;
const found = (artifacts: Cached, more: Partial<ArtifactsProps> = {}) =>
  resource.diff(artifacts, { ...props, ...more });
const brief = (...given: Parameters<typeof found>): string[] =>
  found(...given).map(({ what, before, after }) => `${what}: ${String(before)} → ${String(after)}`);

describe("the resource artifacts", () => {
  const refs = all.map((name) => `${name}-linux-amd64`);

  it("queries each binary of each component, and hashes them if requested", () => {
    const needs = resource.needs(props);
    expect(Object.values(needs).map(({ key }) => key)).to.deep.equal(refs);
    expect(new Set(Object.values(needs).map(({ of }) => of.kind))).to.deep.equal(new Set(["cached artifact"]));
    const verified = Object.values(resource.needs({ ...props, verify: true }));
    expect(new Set(verified.map(({ of }) => of.kind))).to.deep.equal(new Set(["verified artifact"]));
  });

  it("reports no difference after its forecast: a later task that shares a component has nothing to do", () => {
    const after = resource.forecast({}, props) as Cached;
    expect(Object.keys(after)).to.deep.equal(refs);
    expect(brief(after)).to.deep.equal([]);
    expect(
      brief(resource.forecast({}, { ...props, source: "upstream" }) as Cached, { source: "upstream" }),
    ).to.deep.equal([]);
  });

  it("gets only the components that run on the controller for a controller of another architecture", () => {
    const components = ["etcd", "kubernetes", "crane"];
    const versions = { etcd_version: "1", kubernetes_version: "2", crane_version: "3" };
    const whats = (controller: "amd64" | "arm64") =>
      found({}, { components, versions, architectures: ["arm64"], controller }).map(({ what }) => what);
    expect(whats("amd64")).to.have.members([
      "etcd 1 arm64",
      "kubernetes 2 arm64",
      "crane 3 arm64",
      "kubernetes 2 amd64",
      "crane 3 amd64",
    ]);
    expect(whats("arm64")).to.have.members(["etcd 1 arm64", "kubernetes 2 arm64", "crane 3 arm64"]);
  });

  it("lists the components that are missing or incomplete in the cache", () => {
    expect(brief({})).to.deep.equal([
      "etcd 3.7.3 amd64: absent → in the cache",
      "crictl 1.36.0 amd64: absent → in the cache",
    ]);
    expect(brief(cachedAs("build", ["etcd@3.7.3", "etcdutl@3.7.3", "crictl@1.36.0"]))).to.deep.equal([
      "etcd 3.7.3 amd64: without etcdctl → in the cache",
    ]);
    expect(brief(cachedAs("build"))).to.deep.equal([]);
  });

  it("accepts any source only for auto", () => {
    expect(brief(cachedAs("build"), { source: "upstream" })).to.deep.equal([
      "etcd 3.7.3 amd64: from build → from upstream",
      "crictl 1.36.0 amd64: from build → from upstream",
    ]);
    expect(brief(cachedAs("upstream"), { source: "upstream" })).to.deep.equal([]);
  });

  it("reports the components that it got by name, and none that were in the cache", () => {
    const some = found(cachedAs("build", ["crictl@1.36.0"]));
    expect(resource.labelOfChange?.(some, props)).to.equal("etcd 3.7.3 amd64");
  });

  it("declares the artifacts that later tasks can use", () => {
    const effects = resource.effects?.(props, []) as readonly { readonly query: { readonly key: string } }[];
    expect(effects.map(({ query }) => query.key)).to.deep.equal(all.map((name) => `${name}/amd64`));
  });

  it("foretells nothing about artifacts that are in the cache already", () => {
    const now = cachedAs("build", ["crictl@1.36.0"]);
    const effects = resource.effects?.(props, found(now)) as readonly { readonly query: { readonly key: string } }[];
    expect(effects.map(({ query }) => query.key).filter((key) => key.startsWith("crictl"))).to.deep.equal([]);
    expect(effects).to.have.length(all.length - 1);
    expect(Object.keys(resource.forecast(now, props) as Cached)).to.have.length(refs.length - 1);
  });

  it("gets every component for each architecture", () => {
    expect(brief({}, { components: ["crictl"], architectures: ["amd64", "arm64"] })).to.have.length(2);
  });

  it("refuses a component that is not in the catalogue", () => {
    expect(() => resource.needs({ ...props, components: ["etc"] })).to.throw('no component "etc" in the catalogue');
  });
});
