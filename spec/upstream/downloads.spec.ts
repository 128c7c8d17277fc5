import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { cacheAt, lookUp } from "#engine/cache/cache.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { ofController, refName, want } from "#artifacts/catalogue/wanted.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { defaultVersions } from "./addresses.ts";
import { projectAt, type Project } from "./project.ts";
import { builtHere } from "./server/programs.ts";
import { startUpstream, type FakeUpstream } from "./server/server.ts";

/** The components that the lab of hosts.yaml needs, and crane, which takes programs out of images. */
const served = [
  ...[
    "crane",
    "kubernetes",
    "etcd",
    "containerd",
    "runc",
    "cni-plugins",
    "pause",
    "crictl",
    "coredns",
    "registry",
    "helm",
  ],
  ...["cilium", "cilium-operator", "hubble", "cilium-chart", "cilium-files", "metrics-server", "metrics-server-chart"],
  ...["agnhost", "e2e-image-files"],
];
const wanted = catalogue
  .filter(({ name }) => served.includes(name))
  .map((one) => want(one, defaultVersions, ofController()));

describe("the programs and charts of site, from a fake upstream", () => {
  const folder = mkdtempSync(path.join(process.env.UPSTREAM_FOLDER ?? tmpdir(), "kubeplay-upstream-"));
  let upstream: FakeUpstream;
  let project: Project;
  /** As on a machine where the official hosts lead to the fake; everything is downloaded into an empty cache. */
  const env = (): NodeJS.ProcessEnv => ({
    XDG_CACHE_HOME: path.join(folder, "cache"),
    https_proxy: upstream.url,
    no_proxy: "127.0.0.1,localhost,10.0.0.0/8",
    NODE_EXTRA_CA_CERTS: upstream.ca,
    SSL_CERT_FILE: upstream.ca,
    SSL_CERT_DIR: folder,
  });
  const play = (...words: readonly string[]) => project.play(["-i", "hosts.yaml", ...words], env());

  before("build what the fake serves", async () => {
    // Those in the cache stay; none is downloaded from an upstream that is there.
    await ensureArtifacts(wanted, { source: "build" });
    upstream = await startUpstream({ programs: builtHere(path.join(folder, "form")), folder: path.join(folder, "up") });
    // Archives of hundreds of megabytes: the first request for one must not look like a hung server.
    await upstream.prepare(served);
    mkdirSync(path.join(folder, "cache"));
    project = projectAt(path.join(folder, "project"), ["spec/upstream/hosts.yaml"]);
  });
  after("stop it", async () => {
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("downloads all of it by the official addresses, and asks for recorded ones only", async () => {
    // Debian's root file systems have no upstream here, and take minutes.
    const components = JSON.stringify({ artifact_components: served });
    const words = ["-e", components, "--limit", "localhost", "--tags", "artifacts", "site"];
    const { code, output, seconds } = await play(...words);
    console.log(`      ${seconds.toFixed(0)} s, ${String(upstream.asked.length)} requests`);
    expect(code, output).to.equal(0);
    expect(upstream.unknown, "requests that no record has").to.deep.equal([]);
    const cache = cacheAt(path.join(folder, "cache", "kubeplay"));
    for (const one of wanted)
      for (const binary of one.component.binaries)
        expect(await lookUp(cache, refName(one, binary)), refName(one, binary)).to.include({ source: "upstream" });
  });

  it("pins what it has seen first in the project's own folder", () => {
    const pins = readFileSync(path.join(project.root, ".kubeplay", "artifacts.lock.json"), "utf8");
    expect(pins).to.contain("https://github.com/etcd-io/etcd/releases/").and.to.contain(`/${ofController()}/upstream`);
  });
});
