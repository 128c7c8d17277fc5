import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { pushImages } from "#artifacts/images/push.ts";
import { referencesKey, registryImages, type RegistryImage } from "#artifacts/images/registry-query.ts";
import type { RegistryAddress } from "#artifacts/images/registry-client.ts";
import { askNow } from "#engine/queries/define.ts";
import { makeFixture, recipeWith, type Fixture } from "./fixture.ts";
import { startRegistry, type Registry, type RegistryOptions } from "./registry.ts";

const login = `Basic ${Buffer.from("lab:the-password").toString("base64")}`;

describe("a registry of your own", () => {
  let fixture: Fixture;
  let registry: Registry;
  const before = process.env.REGISTRY_AUTH_FILE;
  const at = (name: string): string => path.join(fixture.folder, name);
  beforeEach(async () => {
    fixture = await makeFixture();
    await fixture.artifact("tool@1.0.0", "the tool");
    writeFileSync(at("tool.conf"), "setting = 1\n");
    process.env.REGISTRY_AUTH_FILE = at("auth.json");
  });
  afterEach(async () => {
    await registry.close();
    await fixture.remove();
    if (before === undefined) delete process.env.REGISTRY_AUTH_FILE;
    else process.env.REGISTRY_AUTH_FILE = before;
  });

  const certificate = (): NonNullable<RegistryOptions["tls"]> => {
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", at("key.pem"), "-out", at("ca.pem")];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    execFileSync("openssl", ["req", "-x509", ...kind, "-nodes", "-days", "2", ...subject, ...files], {
      stdio: "ignore",
    });
    return { key: readFileSync(at("key.pem"), "utf8"), cert: readFileSync(at("ca.pem"), "utf8") };
  };
  const logIn = () =>
    writeFileSync(at("auth.json"), JSON.stringify({ auths: { [registry.address]: { auth: login.slice(6) } } }));
  const push = (address: RegistryAddress) => pushImages([[recipeWith(at("tool.conf"))]], address);
  const found = async (address: RegistryAddress): Promise<RegistryImage | undefined> => {
    const images = await askNow(registryImages(referencesKey(address, [{ repository: "tools/tool", tags: ["v1"] }])));
    return Object.values(images)[0];
  };
  const failureOf = (work: Promise<unknown>): Promise<string> => work.then(() => "no failure", String);

  it("may speak TLS with a certificate authority of its own", async () => {
    registry = await startRegistry(at("registry"), { tls: certificate() });
    const address = { registry: registry.url, ca: at("ca.pem") };
    await push(address);
    expect([...registry.tags.keys()]).to.deep.equal(["v1"]);
    expect(await found(address)).to.include({ state: "present" });
  });

  it("is not trusted with another certificate, and the error names the variable", async () => {
    registry = await startRegistry(at("registry"), { tls: certificate() });
    const failure = await failureOf(push({ registry: registry.url }));
    expect(failure).to.contain("its certificate is not trusted").and.to.contain("images_registry_ca: /path/to/ca.pem");
    expect(await failureOf(push({ registry: registry.url, ca: at("none.pem") }))).to.contain(
      `images_registry_ca: ${at("none.pem")} cannot be read`,
    );
  });

  for (const [kind, realm] of [
    ["the login itself", undefined],
    ["a token for the login", "/token"],
  ] as const)
    it(`may require ${kind}, which docker login and podman login keep`, async () => {
      registry = await startRegistry(at("registry"), { login, ...(realm && { realm }) });
      logIn();
      const address = { registry: registry.address };
      await push(address);
      expect(await found(address)).to.include({ state: "present" });
    });

  it("refuses without a login, and the error says where to put it and shows no password", async () => {
    registry = await startRegistry(at("registry"), { login });
    expect(await failureOf(push({ registry: registry.address }))).to.contain(`docker login ${registry.address}`);
    writeFileSync(at("auth.json"), JSON.stringify({ auths: { [registry.address]: { auth: "bGFiOndyb25n" } } }));
    const failure = await failureOf(push({ registry: registry.address }));
    expect(failure).to.contain("rejects the login").and.not.to.contain("bGFi");
    writeFileSync(at("auth.json"), "{");
    expect(await failureOf(push({ registry: registry.address }))).to.contain(`${at("auth.json")}: is not JSON`);
  });
});
