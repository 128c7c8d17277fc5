import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect } from "chai";
import type { Component } from "#artifacts/catalogue/component.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import {
  expectNothing,
  failure,
  hasty,
  makeWorkshop,
  program,
  serve,
  sha256,
  tool,
  wantTool,
  type Upstream,
  type Workshop,
} from "../helpers.ts";
import { startSigstore, type Identity, type Sigstore } from "./signer.ts";

const identity = "https://releases.example/release.yml@refs/tags/v{version}";
const signer: Identity = { identity: identity.replace("{version}", "2.1.0"), issuer: "https://login.example" };
const at = "https://releases.example/v{version}/{arch}";

const single: Component = {
  ...tool,
  upstream: {
    file: `${at}/{binary}`,
    checksum: `${at}/{binary}.sha256`,
    signature: { ...signer, identity, signature: `${at}/{binary}.sig`, certificate: `${at}/{binary}.cert` },
  },
};
const packed: Component = {
  ...tool,
  upstream: {
    archive: `${at}/tool.tar.gz`,
    member: "{binary}",
    checksum: `${at}/tool.tar.gz.sha256`,
    signature: { ...signer, identity, attestation: `${at}/tool-attestation.intoto.jsonl` },
  },
};

describe("signatures of downloads", () => {
  let shop: Workshop;
  let upstream: Upstream;
  let sigstore: Sigstore;
  let root: string;
  /** By the last part of the address; 404 for what is not there. */
  let files: Record<string, string | Buffer>;
  beforeEach(async () => {
    shop = await makeWorkshop();
    files = {};
    upstream = await serve((request, response) => {
      const name = request.url?.split("/").at(-1) ?? "";
      if (request.url === "/api/v1/log/entries/retrieve") {
        let question = "";
        request.on("data", (chunk: Buffer) => (question += chunk.toString()));
        request.on("end", () => response.end(JSON.stringify(sigstore.retrieve(question))));
      } else if (files[name] === undefined) response.writeHead(404).end();
      else response.end(files[name]);
    });
    sigstore = await startSigstore(upstream.url);
    root = await shop.file("trusted_root.json", JSON.stringify(sigstore.trustedRoot));
  });
  afterEach(async () => {
    await upstream.close();
    await shop.remove();
  });

  const notices: string[] = [];
  const run = { notice: (line: string) => void notices.push(line), ended: new AbortController().signal };
  const get = (component: Component, more = {}): Promise<void> => {
    notices.length = 0;
    const { cache, lockFile } = shop;
    const options = { source: "upstream", upstreamUrl: upstream.url, cache, lockFile, patience: hasty } as const;
    const verifying = { verifySignatures: true, trustedRoot: root };
    return ensureArtifacts([wantTool(component)], { ...options, ...verifying, ...more }, undefined, undefined, run);
  };

  describe("beside each file, as Kubernetes publishes them", () => {
    const publish = async (by = signer, logged = true): Promise<void> => {
      for (const name of ["tool", "toolctl"]) {
        files[name] = program(name);
        files[`${name}.sha256`] = sha256(program(name));
        const { signature, certificate } = await sigstore.signed(program(name), by, logged);
        Object.assign(files, { [`${name}.sig`]: signature, [`${name}.cert`]: certificate });
      }
    };
    /** Another program with the right checksum, as a mirror may serve it. */
    const replace = (name: string): void => {
      files[name] = program(`other ${name}`);
      files[`${name}.sha256`] = sha256(program(`other ${name}`));
    };

    it("are verified if the user wants so", async () => {
      await publish();
      await get(single);
      expect(upstream.requests.filter((one) => one.includes("/log/entries/"))).to.have.length(2);
      expect(existsSync(shop.cache.objects)).to.equal(true);
    });

    it("are not asked for otherwise", async () => {
      await publish();
      await get(single, { verifySignatures: false });
      expect(upstream.requests.filter((one) => /\.(sig|cert)$|log/.test(one))).to.deep.equal([]);
    });

    it("refuse a file that was replaced together with its checksum: nothing is stored", async () => {
      await publish();
      replace("tool");
      const message = await failure(get(single));
      expect(message).to.contain("v2.1.0/amd64/tool: ").and.to.contain("has no entry of its signature");
      expectNothing(shop);
    });

    it("refuse a file with a signature of the right signer for another file, although the log has an entry", async () => {
      await publish();
      replace("tool");
      const { signature, certificate } = await sigstore.signed("another file", signer);
      Object.assign(files, { "tool.sig": signature, "tool.cert": certificate });
      expect(await failure(get(single))).to.contain("has no entry of its signature");
      expectNothing(shop);
    });

    for (const [what, by] of [
      ["signer", { ...signer, identity: "https://other.example/release.yml" }],
      ["signer whose name begins like the right one", { ...signer, identity: `${signer.identity}-of-someone-else` }],
      ["login service", { ...signer, issuer: "https://other-login.example" }],
    ] as const)
      it(`refuse another ${what}, and name both`, async () => {
        await publish(by);
        const message = await failure(get(single));
        expect(message)
          .to.contain("its signature is not valid")
          .and.to.contain(by.identity === signer.identity ? by.issuer : by.identity);
        expect(message).to.contain(`Expected one of ${signer.identity}, who logged in at ${signer.issuer}.`);
        expectNothing(shop);
      });

    it("refuse a signature that is not in the public log", async () => {
      await publish(signer, false);
      expect(await failure(get(single))).to.contain(`${upstream.url} has no entry of its signature`);
      expectNothing(shop);
    });

    it("refuse a certificate of another authority", async () => {
      const other = await startSigstore(upstream.url);
      await publish();
      root = await shop.file("other_root.json", JSON.stringify(other.trustedRoot));
      expect(await failure(get(single))).to.contain("its signature is not valid: Failed to verify certificate chain");
      expectNothing(shop);
    });

    it("that are missing are an error with the address", async () => {
      await publish();
      delete files["tool.sig"];
      expect(await failure(get(single))).to.match(/tool\.sig: HTTP 404/);
      expectNothing(shop);
    });
  });

  describe("in an attestation of a release's archives, as containerd publishes them", () => {
    const publish = async (by = signer): Promise<void> => {
      for (const name of ["tool", "toolctl"]) await shop.file(name, program(name), 0o755);
      const archive = execFileSync("tar", ["-czf", "-", "-C", shop.folder, "tool", "toolctl"]);
      files["tool.tar.gz"] = archive;
      files["tool.tar.gz.sha256"] = sha256(archive);
      const lines = [
        await sigstore.attested([sha256("another archive")], by),
        await sigstore.attested([sha256("one more"), sha256(archive)], by),
      ];
      files["tool-attestation.intoto.jsonl"] = `${lines.join("\n")}\n`;
    };

    it("are verified if the user wants so", async () => {
      await publish();
      await get(packed);
      expect(upstream.requests.join()).to.contain("tool-attestation.intoto.jsonl");
      expect(existsSync(shop.cache.objects)).to.equal(true);
    });

    it("refuse an archive that was replaced together with its checksum", async () => {
      await publish();
      await shop.file("tool", program("other"), 0o755);
      const archive = execFileSync("tar", ["-czf", "-", "-C", shop.folder, "tool", "toolctl"]);
      Object.assign(files, { "tool.tar.gz": archive, "tool.tar.gz.sha256": sha256(archive) });
      const message = await failure(get(packed));
      expect(message).to.contain("has no attestation").and.to.contain(sha256(archive));
      expectNothing(shop);
    });

    it("refuse an attestation whose text was changed to name the replaced archive", async () => {
      await publish();
      const right = sha256(files["tool.tar.gz"] ?? "");
      await shop.file("tool", program("other"), 0o755);
      const archive = execFileSync("tar", ["-czf", "-", "-C", shop.folder, "tool", "toolctl"]);
      const [, line = ""] = String(files["tool-attestation.intoto.jsonl"]).split("\n");
      const bundle = JSON.parse(line) as { dsseEnvelope: { payload: string } };
      const statement = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
      bundle.dsseEnvelope.payload = Buffer.from(statement.replace(right, sha256(archive))).toString("base64");
      Object.assign(files, {
        ...{ "tool.tar.gz": archive, "tool.tar.gz.sha256": sha256(archive) },
        "tool-attestation.intoto.jsonl": JSON.stringify(bundle),
      });
      expect(await failure(get(packed))).to.contain("its signature is not valid: DSSE payload hash mismatch");
      expectNothing(shop);
    });

    it("refuse another signer", async () => {
      await publish({ ...signer, identity: "https://other.example/release.yml" });
      expect(await failure(get(packed))).to.contain("got https://other.example/release.yml");
      expectNothing(shop);
    });

    it("are refused with file and line if they are a web page", async () => {
      await publish();
      files["tool-attestation.intoto.jsonl"] = "<!DOCTYPE html>";
      expect(await failure(get(packed))).to.contain("tool-attestation.intoto.jsonl:1: expected an attestation");
      expectNothing(shop);
    });
  });

  it("whose signer is not known are named before the download", async () => {
    Object.assign(files, { tool: program("tool"), toolctl: program("toolctl") });
    Object.assign(files, { "tool.sha256": sha256(program("tool")), "toolctl.sha256": sha256(program("toolctl")) });
    await get(tool);
    expect(notices.join("\n")).to.contain("kubeplay knows no signer of tool 2.1.0");
  });

  it("need a trusted root: a file that is none is refused by its name", async () => {
    Object.assign(files, { tool: program("tool"), "tool.sha256": sha256(program("tool")) });
    Object.assign(files, { toolctl: program("toolctl"), "toolctl.sha256": sha256(program("toolctl")) });
    for (const [name, text, expected] of [
      ["not.json", "<html>", "cannot be read as Sigstore's trusted_root.json"],
      ["empty.json", "{}", "names no certificate authority"],
    ] as const) {
      const file = await shop.file(name, text);
      const message = await failure(get(single, { trustedRoot: file }));
      expect(message).to.contain(`${file}: artifact_trusted_root: ${expected}`);
    }
    expectNothing(shop);
  });

  it("are known of Kubernetes and containerd", () => {
    const signed = catalogue.filter(({ upstream }) => upstream !== undefined && "signature" in upstream);
    expect(signed.map(({ name }) => name)).to.have.members(["kubernetes", "containerd"]);
  });
});
