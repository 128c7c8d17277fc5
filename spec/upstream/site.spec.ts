import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { ofController, want } from "#artifacts/catalogue/wanted.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { defaultVersions } from "./addresses.ts";
import { projectAt, type Project } from "./project.ts";
import { builtHere } from "./server/programs.ts";
import { startUpstream, type FakeUpstream } from "./server/server.ts";

/** The components that the lab of hosts.yaml needs, and crane, which takes programs out of images. */
const served = [
  ...["crane", "kubernetes", "etcd", "containerd", "cni-plugins", "pause", "crictl", "coredns", "registry", "helm"],
  ...["cilium", "cilium-operator", "hubble", "cilium-chart", "cilium-files", "metrics-server", "metrics-server-chart"],
  ...["agnhost"],
];

describe("site, with every program and chart from a fake upstream", () => {
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

  before("build what the fake serves", async () => {
    const wanted = catalogue.filter(({ name }) => served.includes(name));
    await ensureArtifacts(
      wanted.map((one) => want(one, defaultVersions, ofController())),
      { source: "auto", answerWithin: 1 },
    );
    upstream = await startUpstream({ programs: builtHere(path.join(folder, "form")), folder: path.join(folder, "up") });
    // Archives of hundreds of megabytes: the first request for one must not look like a hung server.
    await upstream.prepare(served);
    mkdirSync(path.join(folder, "cache"));
    project = projectAt(path.join(folder, "project"), "spec/upstream/hosts.yaml");
  });
  after("remove the lab", async () => {
    await project.play(["-i", "hosts.yaml", "-e", "lab_state=absent", "lab"]);
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("makes the cluster", async () => {
    const { code, output, seconds } = await project.play(["-i", "hosts.yaml", "site"], env());
    console.log(`      ${seconds.toFixed(0)} s, ${String(upstream.asked.length)} requests`);
    expect(code, output).to.equal(0);
    expect(upstream.unknown, "requests that no record has").to.deep.equal([]);
  });

  it("changes nothing when it runs again, and downloads nothing", async () => {
    const before = upstream.asked.length;
    const { code, output } = await project.play(["-i", "hosts.yaml", "site"], env());
    expect(code, output).to.equal(0);
    expect(project.lastSummary().changes, output).to.deep.equal([]);
    expect(upstream.asked.slice(before)).to.deep.equal([]);
  });
});
