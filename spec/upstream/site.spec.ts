import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { ofController, want } from "#artifacts/catalogue/wanted.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { defaultVersions } from "./addresses.ts";
import { projectAt, type Project } from "./project.ts";
import { run, type Ran } from "./run.ts";
import { builtHere } from "./server/programs.ts";
import { startUpstream, type FakeUpstream } from "./server/server.ts";
import { addonsRun, lastSummary, nodesAreReady, runtimesOf } from "./site/cluster.ts";
import { cutOff, lab, machines, makeNamespace, network, removeNamespace, sh, upstreamPort } from "./site/machines.ts";
import { registryUrl, startRegistry, stopRegistry } from "./site/registry.ts";

const sets = [
  ...(["base", "dns", "crictl", "samples", "cilium", "storage", "metrics-server", "registry"] as const),
  ...(["monitoring", "logging", "dashboard"] as const),
];
const recipes = recipesFor(sets, defaultVersions, [ofController()]);
/** The programs and charts of hosts and controller, which are downloaded. */
const downloaded = neededComponents(sets, { lab: false, recipes: [], copiesImages: true });
/** They and the contents of images are built, for the fake upstream. */
const built = neededComponents(sets, { lab: false, recipes, copiesImages: true });

describe("site, all of it from a fake upstream", () => {
  const folder = mkdtempSync(path.join(process.env.UPSTREAM_FOLDER ?? tmpdir(), "kubeplay-upstream-site-"));
  const bundle = path.join(folder, "bundle");
  let upstream: FakeUpstream;
  let project: Project;
  /** As on a machine where the official hosts lead to the fake; everything is downloaded into an empty cache. */
  const env = (): NodeJS.ProcessEnv => ({
    XDG_CACHE_HOME: path.join(folder, "cache"),
    https_proxy: upstream.url,
    no_proxy: "127.0.0.1,localhost,10.0.0.0/8",
    NODE_EXTRA_CA_CERTS: upstream.ca,
    // This machine may have one of its own.
    SSL_CERT_FILE: "",
  });
  const play = (...words: readonly string[]): Promise<Ran> => project.play(["-i", "hosts.yaml", ...words], env());
  const kubectl = (...words: readonly string[]): Promise<Ran> =>
    project.run("lib/programs/kubectl/kubectl.mjs", ["-i", "hosts.yaml", ...words], env());

  before("make the machines, and build what the fake serves", async () => {
    const wanted = catalogue.filter(({ name }) => built.includes(name));
    await ensureArtifacts(
      wanted.map((one) => want(one, defaultVersions, ofController())),
      { source: "build" },
    );
    upstream = await startUpstream({
      ...{ programs: builtHere(path.join(folder, "form")), folder: path.join(folder, "up"), recipes },
      ...{ port: upstreamPort, listenOn: "0.0.0.0" },
    });
    await upstream.prepare(downloaded);
    for (const name of ["cache", "project"]) mkdirSync(path.join(folder, name));
    project = projectAt(path.join(folder, "project"), ["spec/upstream/hosts.yaml", "spec/upstream/lab.yaml"]);
    project.pinImages(await upstream.digests());
    await lab(project, "absent");
    await lab(project, "present");
  });
  after("remove them", async () => {
    stopRegistry();
    removeNamespace();
    await lab(project, "absent");
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("makes a cluster, and asks for recorded addresses only", async () => {
    const { code, output, seconds } = await play("site");
    console.log(`      ${seconds.toFixed(0)} s, ${String(upstream.asked.length)} requests`);
    expect(code, output).to.equal(0);
    expect(upstream.unknown, "requests that no record has").to.deep.equal([]);
    await nodesAreReady(kubectl, machines);
    await addonsRun(kubectl);
    for (const name of machines)
      expect(runtimesOf(name), `the programs that run ${name}'s pods`).to.deep.equal(["/usr/local/bin/runc"]);
  });

  it("changes nothing in a second run, and asks upstream for nothing", async () => {
    const before = upstream.asked.length;
    const { code, output } = await play("site");
    expect(code, output).to.equal(0);
    expect(lastSummary(project.root).changes, output).to.deep.equal([]);
    expect(upstream.asked.slice(before)).to.deep.equal([]);
  });

  it("runs the official images, by the digests that Cilium's chart names", async () => {
    const { output } = await kubectl("get", "daemonset/cilium", "-n", "kube-system", "-o", "yaml");
    const asked = upstream.asked.filter((line) => line.includes("quay.io/v2/cilium/cilium/manifests/sha256:"));
    expect(asked).not.to.be.empty;
    expect(output).to.match(/image: quay\.io\/cilium\/cilium:v[0-9.]+@sha256:/);
  });

  it("is all there for npm run doctor, from the controller and from a host", async () => {
    const words = ["-i", "hosts.yaml", "upstream", "--from", "upstream-node"];
    const { code, output } = await project.run("lib/programs/doctor/doctor.mjs", words, env());
    expect(code, output).to.equal(0);
    expect(output).to.match(
      /^All \d+ files, \d+ images and \d+ sources? of apt can be had, from the controller and upstream-node\.$/m,
    );
  });

  it("refuses images that a host cannot pull, all at once, before anything is changed", async () => {
    const versions = JSON.stringify({ coredns_version: "9.9.9", metrics_server_version: "9.9.8" });
    const { code, output } = await play("--check", "-e", versions, "site");
    expect(code, output).to.equal(2);
    expect(output)
      .to.contain("Images: 2 of 2 images cannot be pulled by this host:")
      .and.to.match(
        /registry\.k8s\.io\/coredns\/coredns:v9\.9\.9: 10\.246\.0\.1:5047 does not have it \(HTTP 404\); registry/,
      )
      .and.to.contain("registry.k8s.io/metrics-server/metrics-server:v9.9.8: ");
    expect(lastSummary(project.root).changes).to.deep.equal([]);
  });

  it("is packed into a bundle that is complete", async () => {
    const out = path.join(folder, "bundle.tar");
    const words = ["-i", "hosts.yaml", "--out", out];
    const { code, output } = await project.run("lib/programs/bundle/bundle.mjs", words, env());
    expect(code, output).to.equal(0);
    expect(output).to.contain("complete.");
    sh(`tar -xf ${out} -C ${folder}`);
    rmSync(out);
  });

  describe("and again from its bundle, with no network but the site's own", () => {
    const controller = path.join(bundle, "kubeplay");
    let ca: string;
    const offline = (program: string, words: readonly string[]): Promise<Ran> =>
      run(program, words, { XDG_CACHE_HOME: path.join(folder, "cache-offline") }, controller, [
        ...["ip", "netns", "exec", network],
      ]);
    const played = (...words: readonly string[]): Promise<Ran> => {
      const values = {
        artifact_source: "directory",
        artifact_directory: bundle,
        host_debian_packages: path.join(bundle, "debian.tar"),
        images_registry: registryUrl,
        images_registry_ca: ca,
        containerd_mirrors: [{ registry: "_default", endpoints: [registryUrl], ca: "/etc/site-ca.pem" }],
      };
      return offline("lib/engine/cli/kubeplay.mjs", ["-i", "hosts.yaml", "-e", JSON.stringify(values), ...words]);
    };

    before("make new machines, cut them off, and start the bundle's registry", async () => {
      await lab(project, "absent");
      await upstream.close();
      await lab(project, "present");
      cutOff();
      makeNamespace();
      ca = await startRegistry(bundle, defaultVersions.registry_version ?? "", path.join(folder, "registry"));
      for (const name of machines) sh(`podman cp ${ca} ${name}:/etc/site-ca.pem`);
      cpSync("spec/upstream/hosts.yaml", path.join(controller, "hosts.yaml"));
      for (const name of ["group_vars", ".kubeplay/lab-upstream"])
        cpSync(path.join(project.root, name), path.join(controller, name), { recursive: true });
    });

    it("cannot reach anything else", async () => {
      const fetching = "fetch('https://dl.k8s.io').then(() => process.exit(0), () => process.exit(3))";
      const { code } = await offline("-e", [fetching]);
      expect(code).to.equal(3);
    });

    it("makes a cluster", async () => {
      const { code, output, seconds } = await played("site");
      console.log(`      ${seconds.toFixed(0)} s`);
      expect(code, output).to.equal(0);
      const words = ["-i", "hosts.yaml"];
      const kubectlHere = (...more: readonly string[]) =>
        offline("lib/programs/kubectl/kubectl.mjs", [...words, ...more]);
      await nodesAreReady(kubectlHere, machines);
      await addonsRun(kubectlHere);
    });

    it("changes nothing in a second run", async () => {
      const { code, output } = await played("site");
      expect(code, output).to.equal(0);
      expect(lastSummary(controller).changes, output).to.deep.equal([]);
    });
  });
});
