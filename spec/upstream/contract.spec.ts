import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { architectures, type Component } from "#artifacts/catalogue/component.ts";
import { refName, want } from "#artifacts/catalogue/wanted.ts";
import { cacheAt, lookUp, objectFile, type Cache } from "#engine/cache/cache.ts";
import { digestFor } from "#artifacts/sources/checksums.ts";
import { readImageDigests } from "#artifacts/images/image-lock.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { failure } from "../lib/artifacts/helpers.ts";
import { addressesOf, defaultVersions, everyAddress, released } from "./addresses.ts";
import { byRecipe, filesOf, imagesOf, records, type RecordedFile } from "./record.ts";
import { run } from "./run.ts";
import { formOnly } from "./server/programs.ts";
import { startUpstream, type FakeUpstream } from "./server/server.ts";

const recorded = records();
const files = new Map(filesOf(recorded).map((file) => [file.url, file]));
const images = new Map(imagesOf(recorded).map((image) => [image.image, image]));

/** Whether a listing has a path, or what is in it. */
const lists = ({ members = [] }: Pick<RecordedFile, "members">, place: string): boolean =>
  members.some((one) => one === place || one === `${place}/` || one.startsWith(`${place}/`));

describe("the records of upstream's answers", () => {
  it("are one file per component that has releases", () => {
    expect(recorded.map(({ component }) => component)).to.have.members(released.map(({ name }) => name));
  });

  it("are of the default versions, and name their sources if nothing was downloaded", () => {
    for (const { component, version, recorded: when, source = [] } of recorded) {
      const { variable } = released.find(({ name }) => name === component) ?? {};
      expect(version, `${component}: run npm run upstream:record -- ${component}`).to.equal(
        defaultVersions[variable ?? ""],
      );
      if (when === byRecipe) expect(source, component).not.to.be.empty;
      else expect(when, component).to.match(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it("have every address of the catalogue, for both architectures, and no other", () => {
    const wanted = new Set(everyAddress().map(({ address }) => address));
    expect([...files.keys(), ...images.keys()]).to.have.members([...wanted]);
    for (const { url, status } of files.values()) expect(status, url).to.equal(200);
    for (const { image, status } of images.values()) expect(status, image).to.equal(200);
  });

  it("list every program and path that the catalogue takes from an archive or image", () => {
    for (const { address, contents, kind } of everyAddress()) {
      if (kind === "program") continue;
      const record = files.get(address) ?? images.get(address);
      for (const member of Object.keys(contents))
        expect(record && lists(record, member), `${member} in ${address}`).to.equal(true);
    }
  });

  it("agree with the pins of images about those that the chart of Cilium names", async () => {
    const version = defaultVersions.cilium_version ?? "";
    const pins = await readImageDigests();
    const { values = {} } = files.get(`https://helm.cilium.io/cilium-${version}.tgz`) ?? {};
    for (const [value, image] of [
      ["image.digest", "cilium"],
      ["operator.image.genericDigest", "operator-generic"],
      ["hubble.relay.image.digest", "hubble-relay"],
    ] as const)
      expect(values[value], value).to.equal(pins[`quay.io/cilium/${image}:v${version}`]);
  });

  it("agree with the pins of the project about digests", () => {
    const { downloads } = JSON.parse(readFileSync("artifacts.lock.json", "utf8")) as {
      downloads: Record<string, string>;
    };
    const both = [...files.values()].filter(({ url, sha256 }) => sha256 !== undefined && downloads[url] !== undefined);
    expect(both).not.to.be.empty;
    for (const { url, sha256 } of both) expect(sha256, url).to.equal(downloads[url]);
  });

  it("have images for both architectures", () => {
    for (const { image, platforms } of images.values())
      expect(platforms, image).to.include.members(architectures.map((one) => `linux/${one}`));
  });

  it("have checksum files in a form that is understood, with a line for the file", () => {
    for (const { address, of, kind } of everyAddress()) {
      if (kind !== "checksum") continue;
      const lines = files.get(address)?.lines ?? [];
      const text = lines.join("\n").replaceAll("<sha256>", "0".repeat(64));
      expect(digestFor(text, path.posix.basename(of ?? ""), address)).to.match(/^[0-9a-f]{64}$/);
    }
  });
});

describe("downloads from a fake upstream with the recorded answers", () => {
  let folder: string;
  let cache: Cache;
  let upstream: FakeUpstream;
  before("start it", async () => {
    folder = mkdtempSync(path.join(tmpdir(), "kubeplay-upstream-"));
    cache = cacheAt(path.join(folder, "cache"));
    upstream = await startUpstream({ programs: formOnly(path.join(folder, "form")), folder });
  });
  after("stop it", async () => {
    await upstream.close();
    rmSync(folder, { recursive: true });
  });

  const componentOf = (name: string): Component => {
    const found = released.find((one) => one.name === name);
    if (!found) throw new Error(`no component ${name}`);
    return found;
  };
  const get = (wanted: ReturnType<typeof want>[], to = cache): Promise<void> =>
    ensureArtifacts(wanted, {
      ...{ source: "upstream", upstreamUrl: upstream.url, cache: to },
      lockFile: path.join(folder, "artifacts.lock.json"),
    });
  const inImage = ({ upstream: from }: Component): boolean => from !== undefined && "image" in from;

  for (const architecture of architectures)
    it(`store every program, archive and tree for ${architecture}, and ask for recorded addresses only`, async function () {
      this.timeout(600_000);
      const wanted = released.filter((one) => !inImage(one)).map((one) => want(one, defaultVersions, architecture));
      await get(wanted);
      for (const one of wanted)
        for (const binary of one.component.binaries)
          expect(await lookUp(cache, refName(one, binary), true), refName(one, binary)).to.include({
            source: "upstream",
          });
      expect(upstream.unknown).to.deep.equal([]);
    });

  it("follow the redirects of GitHub and dl.k8s.io", () => {
    const hosts = new Set(upstream.asked.map((line) => new URL(line.replace(/^\w+ /, "")).host));
    expect([...hosts]).to.include.members(["cdn.dl.k8s.io", "release-assets.githubusercontent.com"]);
  });

  it("have the recorded layout", async () => {
    for (const name of ["cni-plugins", "etcd", "victoria-logs"]) {
      const [address] = addressesOf(want(componentOf(name), defaultVersions, "amd64"));
      const url = address?.address ?? "";
      const body = Buffer.from(await (await fetch(`${upstream.url}/${url.replace("https://", "")}`)).arrayBuffer());
      const listing = execFileSync("tar", ["-tz"], { input: body }).toString().trim().split("\n");
      expect(listing, url).to.deep.equal(files.get(url)?.members);
    }
  });

  it("have the official chart's values, with digests", async () => {
    const wanted = want(componentOf("cilium-chart"), defaultVersions, "amd64");
    const ref = await lookUp(cache, refName(wanted, "cilium-chart"));
    const chart = objectFile(cache, ref?.sha256 ?? "");
    const values = execFileSync("tar", ["-xzOf", chart, "cilium/values.yaml"]).toString();
    expect(values).to.match(/image:\n +useDigest: true\n/);
  });

  it("fail with 404 for a version that is not recorded", async () => {
    const versions = { ...defaultVersions, crictl_version: "1.35.0" };
    const message = await failure(
      get([want(componentOf("crictl"), versions, "amd64")], cacheAt(path.join(folder, "c"))),
    );
    expect(message).to.contain("crictl-v1.35.0-linux-amd64.tar.gz").and.to.contain("HTTP 404");
  });

  it("come from the images of registries, each layer with its digest and for its architecture", async () => {
    const image = `${upstream.url}/v2/quay.io/cilium/operator-generic`;
    const json = async (url: string): Promise<Document> => (await (await fetch(url)).json()) as Document;
    const index = await json(`${image}/manifests/v${defaultVersions.cilium_version ?? ""}`);
    expect(index.manifests?.map(({ platform }) => platform?.architecture)).to.have.members([...architectures]);
    for (const { digest } of index.manifests ?? []) {
      const [layer] = (await json(`${image}/manifests/${digest}`)).layers ?? [];
      const tar = Buffer.from(await (await fetch(`${image}/blobs/${layer?.digest ?? ""}`)).arrayBuffer());
      const listing = execFileSync("tar", ["-t"], { input: tar }).toString().trim().split("\n");
      expect(listing).to.have.members(["LICENSE.all", "usr/bin/cilium-operator-generic"]);
    }
  });

  it("come from the official addresses themselves through a proxy", async () => {
    const at = path.join(folder, "through-proxy");
    const before = upstream.asked.length;
    const { code, output } = await run("spec/upstream/fetch.ts", ["coredns", at], {
      https_proxy: upstream.url,
      NODE_EXTRA_CA_CERTS: upstream.ca,
    });
    expect(code, output).to.equal(0);
    expect(upstream.asked.slice(before).join("\n")).to.contain("GET https://github.com/coredns/coredns/releases/");
    const wanted = want(componentOf("coredns"), defaultVersions, "amd64");
    expect(await lookUp(cacheAt(at), refName(wanted, "coredns"), true)).to.include({ source: "upstream" });
  });
});

interface Document {
  readonly manifests?: readonly { readonly digest: string; readonly platform?: { readonly architecture: string } }[];
  readonly layers?: readonly { readonly digest: string }[];
}
