import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { askNow, type Query } from "#engine/queries/define.ts";
import type { Cached } from "#artifacts/store/cached-query.ts";
import { artifacts, type ArtifactsProps } from "#artifacts/store/resource.ts";
import { defaultCache, sha256Of, storeObject, writeRef, type Ref, type Source } from "#engine/cache/cache.ts";
import { keepsEnvironment } from "../../engine/environment.ts";
import { serve } from "../helpers.ts";

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
  keepsEnvironment();
  const refs = all.map((name) => `${name}-linux-amd64`);

  it("queries each binary of each component, and hashes them if requested", () => {
    const needs = resource.needs(props);
    const ofCache = Object.values(needs).filter(({ of }) => of.kind === "cached artifact");
    expect(ofCache.map(({ key }) => key)).to.deep.equal(refs);
    const verified = Object.values(resource.needs({ ...props, source: "build", verify: true }));
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
      "etcd 3.7.3 amd64: absent → downloaded",
      "crictl 1.36.0 amd64: absent → downloaded",
    ]);
    expect(brief(cachedAs("build", ["etcd@3.7.3", "etcdutl@3.7.3", "crictl@1.36.0"]))).to.deep.equal([
      "etcd 3.7.3 amd64: without etcdctl → downloaded",
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
    expect(resource.labelOfChange?.(some, props)).to.equal("downloaded: etcd 3.7.3 amd64");
  });

  it("says whether each component is downloaded or built, and why it is built", () => {
    const why = { "obstacle to etcd@3.7.3-linux-amd64": "github.com: getaddrinfo ENOTFOUND github.com" };
    expect(brief(why as unknown as Cached)).to.deep.equal([
      "etcd 3.7.3 amd64: absent → built, because upstream cannot be reached (github.com: getaddrinfo ENOTFOUND github.com)",
      "crictl 1.36.0 amd64: absent → downloaded",
    ]);
    expect(resource.labelOfChange?.(found(why as unknown as Cached), props)).to.equal(
      "built, because upstream cannot be reached (github.com: getaddrinfo ENOTFOUND github.com): etcd 3.7.3 amd64; downloaded: crictl 1.36.0 amd64",
    );
  });

  it("asks the host of a release only if something of it is missing, and only for auto", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-spec-"));
    process.env.XDG_CACHE_HOME = folder;
    const mirror = await serve((_request, response) => response.writeHead(404).end());
    const one = { ...props, components: ["crictl"], upstreamUrl: mirror.url };
    const ask = (more: Partial<ArtifactsProps> = {}) =>
      Promise.all(Object.values(resource.needs({ ...one, ...more })).map((query) => askNow(query as Query<unknown>)));
    await ask({ source: "upstream" });
    expect(mirror.requests).to.deep.equal([]);
    expect(await ask()).to.deep.equal([undefined, undefined]);
    expect(mirror.requests).to.have.length(1);
    await mirror.close();
    const gone = await ask({ upstreamUrl: "http://127.0.0.1:2" });
    expect(gone[1]).to.contain("127.0.0.1:2: connect ECONNREFUSED");
    const cache = defaultCache();
    const file = path.join(folder, "crictl");
    await writeFile(file, "x");
    const digest = await sha256Of(file);
    await storeObject(cache, file, digest);
    await writeRef(cache, "crictl@1.36.0-linux-amd64", { ...ref("crictl", "build"), sha256: digest, size: 1 });
    const there = await ask({ upstreamUrl: "http://127.0.0.1:2" });
    expect(there[1]).to.equal(undefined);
    await rm(folder, { recursive: true });
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
