import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { defaultCache, lookUp } from "#engine/cache/cache.ts";
import { records, type ComponentRecord } from "./record.ts";
import { run, type Ran } from "./run.ts";
import { builtHere, formOnly, type Programs } from "./server/programs.ts";
import { startUpstream, type FakeUpstream } from "./server/server.ts";

/** A record without what only a real upstream decides: the day, the sizes and the digests. */
const comparable = ({ component, version, urls }: ComponentRecord) => ({
  component,
  version,
  urls: urls.map((one) => ({
    ...("url" in one ? { url: one.url, redirect: one.redirect } : { image: one.image, platforms: one.platforms }),
    status: one.status,
    members: [...(one.members ?? [])].sort(),
    lines: ("lines" in one ? (one.lines ?? []) : []).map((line) => line.replace(/^[0-9a-f]{64}/, "<sha256>")),
  })),
});

describe("npm run upstream:record, at a fake upstream", () => {
  const names = ["crictl", "etcd", "node-exporter", "victoria-logs", "coredns", "kubernetes"];
  let folder: string;
  let upstream: FakeUpstream;
  const out = (): string => path.join(folder, "recorded");
  const record = (...words: readonly string[]): Promise<Ran> => signed(...words, "--no-signatures");
  const signed = (...words: readonly string[]): Promise<Ran> =>
    run(
      "spec/upstream/recorder/main.ts",
      [...words, "--out", out(), "--pins", path.join(folder, "artifacts.lock.json")],
      { https_proxy: upstream.url, NODE_EXTRA_CA_CERTS: upstream.ca, SSL_CERT_FILE: upstream.ca, SSL_CERT_DIR: folder },
    );

  before("start it", async () => {
    folder = mkdtempSync(path.join(tmpdir(), "kubeplay-recorder-"));
    writeFileSync(path.join(folder, "artifacts.lock.json"), JSON.stringify({ lockVersion: 1, artifacts: {} }));
    const form = formOnly(path.join(folder, "form"));
    // crane must run: it reads the images.
    const programs: Programs = (wanted, name) =>
      name === "crane" ? builtHere(folder)(wanted, name) : form(wanted, name);
    upstream = await startUpstream({ programs, folder: path.join(folder, "upstream") });
  });
  after("stop it", async () => {
    await upstream.close();
    rmSync(folder, { recursive: true });
  });

  it("writes what the records have, and reports programs that do not report their version", async function () {
    this.timeout(600_000);
    const { code, output } = await record(...names);
    expect(output).to.contain("etcd 3.7.3: the program does not report this version");
    expect(code, output).to.equal(1);
    const before = records().filter(({ component }) => names.includes(component));
    expect(records(out()).map(comparable)).to.deep.equal(before.map(comparable));
  });

  it("lists the paths of a source archive that are used", async function () {
    this.timeout(600_000);
    const { code, output } = await record("cilium-files");
    expect(code, output).to.equal(0);
    const [before, after] = [records(), records(out())].map(
      (all) => all.find(({ component }) => component === "cilium-files")?.urls[0]?.members,
    );
    expect(after).to.include.members([...(before ?? [])]);
  });

  it("leaves a record alone if the answers are the same", async function () {
    this.timeout(600_000);
    const { output } = await record("crictl");
    expect(output).to.contain("crictl 1.36.0: as recorded");
  });

  it("records images for both architectures", async function () {
    this.timeout(600_000);
    const [crane] = readdirSync(defaultCache().refs).filter((name) => name.startsWith("crane@"));
    if (!crane || !(await lookUp(defaultCache(), crane.replace(/\.json$/, "")))) {
      console.log("      skipped: crane is not in the cache; npm run test:upstream builds it");
      this.skip();
    }
    const { output } = await record("kube-state-metrics");
    expect(output).to.contain("kube-state-metrics 2.19.1: recorded");
    const [found] = records(out()).filter(({ component }) => component === "kube-state-metrics");
    const [image] = found?.urls ?? [];
    expect(image).to.deep.include({ status: 200, platforms: ["linux/amd64", "linux/arm64"] });
    expect(image?.members).to.include("kube-state-metrics");
    expect(image && "digest" in image && image.digest).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it("verifies signatures, if it is not told otherwise", async function () {
    this.timeout(600_000);
    const before = upstream.unknown.length;
    const { code, output } = await signed("containerd");
    expect(code, output).to.equal(1);
    // The fake has neither Sigstore's root nor signatures.
    expect(upstream.unknown.slice(before).join("\n")).to.match(/tuf-repo-cdn\.sigstore\.dev|attestation\.intoto/);
  });

  it("names the components that there are if one is misspelt", async () => {
    const { code, output } = await record("etdc");
    expect(code).to.equal(1);
    expect(output).to.contain("no component etdc; there are: crane, cni-plugins, etcd");
  });
});
