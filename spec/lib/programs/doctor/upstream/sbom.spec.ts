import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv, type AnySchemaObject } from "ajv";
import { expect } from "chai";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { want } from "#artifacts/catalogue/wanted.ts";
import { sbom } from "#programs/doctor/upstream/sbom.ts";
import { keepsEnvironment } from "../../../engine/environment.ts";
import { temporaryFolder } from "../../../engine/temporary.ts";
import { defaultVersions } from "../../../../upstream/addresses.ts";

const schemas = "node_modules/@cyclonedx/cyclonedx-library/res/schema";
const schema = (name: string): AnySchemaObject =>
  JSON.parse(readFileSync(path.join(schemas, `${name}.SNAPSHOT.schema.json`), "utf8")) as AnySchemaObject;

interface Part {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly externalReferences?: readonly { readonly url: string; readonly hashes?: readonly object[] }[];
}

describe("the bill of materials of a cluster", () => {
  keepsEnvironment();
  const folder = temporaryFolder();
  const digest = "ab".repeat(32);
  const etcd = catalogue.find(({ name }) => name === "etcd")!;
  const versions = { ...defaultVersions, etcd_version: "3.7.3" };
  const url = "https://github.com/etcd-io/etcd/releases/download/v3.7.3/etcd-v3.7.3-linux-amd64.tar.gz";
  const images = [
    { host: "registry.k8s.io", repository: "pause", tag: "3.10.2" },
    { host: "quay.io", repository: "cilium/cilium", tag: "v1.19.7" },
  ];
  const write = () => {
    process.env.XDG_CACHE_HOME = folder;
    const pin = { digest, file: "artifacts.lock.json" };
    return sbom(
      "east",
      [want(etcd, versions, "amd64")],
      { artifacts: { "etcd@3.7.3/amd64/upstream": pin }, downloads: { [url]: pin } },
      { images, digests: { "registry.k8s.io/pause:3.10.2": `sha256:${digest}` } },
    );
  };
  const parts = async (): Promise<readonly Part[]> =>
    (JSON.parse(await write()) as { readonly components: readonly Part[] }).components;
  const part = async (name: string): Promise<Part | undefined> => (await parts()).find((one) => one.name === name);

  it("is valid CycloneDX 1.6", async () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
    for (const name of ["spdx", "jsf-0.82"])
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    const validate = ajv.compile(schema("bom-1.6"));
    expect(validate(JSON.parse(await write())), JSON.stringify(validate.errors)).to.equal(true);
  });

  it("has every program with its digest, and the official file with that of its own", async () => {
    const program = await part("etcd");
    expect(program).to.deep.include({ type: "application", version: "3.7.3" });
    expect(program?.purl).to.equal("pkg:generic/etcd@3.7.3?arch=amd64");
    expect(program?.hashes).to.deep.equal([{ alg: "SHA-256", content: digest }]);
    expect(program?.externalReferences?.[0]).to.deep.include({
      url,
      hashes: [{ alg: "SHA-256", content: digest }],
    });
    expect((await part("etcdctl"))?.hashes, "neither pinned nor cached").to.equal(undefined);
  });

  it("has every image, with the digest that is pinned for it", async () => {
    const repository = encodeURIComponent("registry.k8s.io/pause");
    expect((await part("registry.k8s.io/pause"))?.purl).to.equal(
      `pkg:oci/pause@sha256%3A${digest}?repository_url=${repository}&tag=3.10.2`,
    );
    expect(await part("quay.io/cilium/cilium")).to.deep.include({ type: "container", version: "v1.19.7" });
  });

  it("has the same bytes for the same cluster", async () => {
    expect(await write()).to.equal(await write());
  });
});
