import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { architectures, type Component } from "#artifacts/catalogue/component.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ofController, want } from "#artifacts/catalogue/wanted.ts";
import { readLock } from "#artifacts/sources/lock-file.ts";
import { addressesOf } from "#artifacts/sources/unpinned.ts";
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

const at = "https://releases.example/v2.1.0/amd64";
const right = { [`${at}/tool`]: sha256(program("tool")), [`${at}/toolctl`]: sha256(program("toolctl")) };

describe("the pins of downloads", () => {
  let shop: Workshop;
  let upstream: Upstream;
  let served: (name: string) => string;
  beforeEach(async () => {
    shop = await makeWorkshop();
    served = program;
    upstream = await serve(({ url = "" }, response) => {
      const content = served(path.posix.basename(url, ".sha256"));
      response.end(url.endsWith(".sha256") ? sha256(content) : content);
    });
  });
  afterEach(async () => {
    await upstream.close();
    await shop.remove();
  });

  const notices: string[] = [];
  const run = { notice: (line: string) => void notices.push(line), ended: new AbortController().signal };
  const get = (more = {}): Promise<void> => {
    notices.length = 0;
    const { cache, lockFile } = shop;
    const options = { source: "upstream", upstreamUrl: upstream.url, cache, lockFile, patience: hasty } as const;
    return ensureArtifacts([wantTool()], { ...options, ...more }, undefined, undefined, run);
  };
  const pin = (downloads: object, file = shop.lockFile): Promise<void> =>
    writeFile(file, JSON.stringify({ lockVersion: 1, downloads, artifacts: {} }));

  it("are shipped, and a mirror that vouches for another file is refused with both digests and a remedy", async () => {
    await pin(right);
    served = (name) => program(`other ${name}`);
    const message = await failure(get());
    // Both are wrong: the one that arrives first is told.
    const [, name = ""] =
      /\/releases\.example\/v2\.1\.0\/amd64\/(tool|toolctl): the download has sha256/.exec(message) ?? [];
    expect(message)
      .to.contain(sha256(program(`other ${name}`)))
      .and.to.contain(sha256(program(name)));
    expect(message).to.contain(`${shop.lockFile} pins ${at}/${name}`).and.to.contain("Do not trust");
    expect(existsSync(shop.cache.objects)).to.equal(false);
    expect(existsSync(shop.ownLockFile)).to.equal(false);
  });

  it("make the published checksums unnecessary, so that a mirror may lack them", async () => {
    await pin(right);
    await get();
    expect(
      upstream.requests.filter((request) => request.startsWith("GET") && request.endsWith(".sha256")),
    ).to.deep.equal([]);
    expect(notices.join("\n")).not.to.contain("first seen");
  });

  it("are never written to the project's file", async () => {
    await pin({});
    const before = readFileSync(shop.lockFile, "utf8");
    await get();
    expect(readFileSync(shop.lockFile, "utf8")).to.equal(before);
    expect(JSON.parse(readFileSync(shop.ownLockFile, "utf8"))).to.deep.include({ downloads: right });
  });

  it("that are missing are reported before the download, with the place of the new ones", async () => {
    await get();
    const [line = ""] = notices.filter((notice) => notice.includes("first seen"));
    expect(line).to.contain("tool 2.1.0").and.to.contain(shop.ownLockFile).and.to.contain(upstream.url);
  });

  it("of the user are kept: what was first seen is required from then on", async () => {
    await get();
    served = (name) => program(`other ${name}`);
    await rm(shop.cache.refs, { recursive: true });
    expect(await failure(get())).to.contain(`${shop.ownLockFile} pins ${at}/tool`);
  });

  it("give way to none of the user's own", async () => {
    await mkdir(path.dirname(shop.ownLockFile));
    await pin(right);
    await pin({ [`${at}/tool`]: sha256(program("other tool")) }, shop.ownLockFile);
    await get();
  });

  it("are required if the user wants so, before anything is downloaded", async () => {
    const message = await failure(get({ requirePins: true }));
    expect(message).to.contain("artifact_require_pins").and.to.contain(`${at}/toolctl`);
    expect(message).to.contain(shop.ownLockFile);
    expect(upstream.requests).to.deep.equal([]);
    expectNothing(shop);
    await pin(right);
    await get({ requirePins: true });
  });

  it("are refused with file and key if they are no digests of addresses", async () => {
    await pin({ [`${at}/tool`]: "latest" });
    expect(await failure(get())).to.contain(`${shop.lockFile}: "${at}/tool": expected a sha256`);
    await pin({ tool: sha256("tool") });
    expect(await failure(get())).to.contain(`${shop.lockFile}: "tool": expected the https address of a release`);
  });
});

describe("the pins that the project ships", () => {
  it("are of the catalogue's addresses in its own versions: none is left over or mistyped", async () => {
    const versions = Object.fromEntries(
      Object.entries(versionVariables).map(([name, schema]) => [
        name,
        String("default" in schema ? schema.default : ""),
      ]),
    );
    const addresses = catalogue.flatMap((component) =>
      architectures.flatMap((architecture) => addressesOf(want(component, versions, architecture))),
    );
    const { downloads } = await readLock("artifacts.lock.json");
    expect(Object.keys(downloads)).to.not.deep.equal([]);
    expect(addresses).to.include.members(Object.keys(downloads));
  });
});

describe("a file that is no program", () => {
  let shop: Workshop;
  let upstream: Upstream | undefined;
  beforeEach(async () => {
    shop = await makeWorkshop();
  });
  afterEach(async () => {
    await upstream?.close();
    upstream = undefined;
    await shop.remove();
  });
  const arm = Buffer.from(program("tool"), "latin1");
  arm[18] = 183;
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["a script", Buffer.from("#!/bin/sh\ntouch /tmp/owned\n"), 'begins with "#!/bin/sh"'],
    ["a web page", Buffer.from("<!DOCTYPE html><html>"), 'begins with "<!DOCTYPE html>'],
    ["empty", Buffer.alloc(0), "is empty"],
    ["a program for arm64", arm, "is a program for arm64"],
    ["a program for another machine", Buffer.from(program("tool").replace("\x3e", "\x03")), "machine 3"],
    ["a program of 32 bits", Buffer.from(program("tool").replace("ELF\x02", "ELF\x01")), "32 bits"],
  ];
  for (const [name, content, expected] of cases) {
    it(`is refused if it is ${name}, although its published digest is right`, async () => {
      upstream = await serve(({ url = "" }, response) =>
        response.end(url.endsWith(".sha256") ? sha256(content) : content),
      );
      const { cache, lockFile } = shop;
      const options = { source: "upstream", upstreamUrl: upstream.url, cache, lockFile, patience: hasty } as const;
      const message = await failure(ensureArtifacts([wantTool()], options));
      expect(message).to.contain(expected).and.to.contain("expected a program for linux/amd64");
      expect(message).to.contain(`${upstream.url}/releases.example/v2.1.0/amd64/tool`);
      expectNothing(shop);
    });
    it(`is refused from a folder too if it is ${name}`, async () => {
      for (const binary of ["tool", "toolctl"]) await writeFile(path.join(shop.folder, binary), content);
      await shop.file("SHA256SUMS", `${sha256(content)}  tool\n${sha256(content)}  toolctl\n`);
      const { cache, lockFile, folder: directory } = shop;
      const message = await failure(ensureArtifacts([wantTool()], { source: "directory", directory, cache, lockFile }));
      expect(message).to.contain(expected).and.to.contain(path.join(shop.folder, "tool"));
      expectNothing(shop);
    });
  }

  it("is never run on this machine: neither crane nor what it should have extracted is stored", async () => {
    const owned = path.join(shop.folder, "owned");
    await shop.file("crane", `#!/bin/sh\ntouch ${owned}\n`, 0o755);
    const archive = execFileSync("tar", ["-czf", "-", "-C", shop.folder, "crane"]);
    upstream = await serve(({ url = "" }, response) => {
      const name = `go-containerregistry_Linux_${ofController() === "amd64" ? "x86_64" : "arm64"}.tar.gz`;
      response.end(url.endsWith("checksums.txt") ? `${sha256(archive)}  ${name}\n` : archive);
    });
    const boxed: Component = { ...tool, upstream: { image: "registry.example/tool:{version}", member: "{binary}" } };
    const wanted = want(boxed, { tool_version: "2.1.0", crane_version: "1.2.3" }, ofController());
    const { cache, lockFile } = shop;
    const options = { source: "upstream", upstreamUrl: upstream.url, cache, lockFile, patience: hasty } as const;
    const message = await failure(ensureArtifacts([wanted], options));
    expect(message).to.contain('begins with "#!/bin/sh"').and.to.contain("crane in ");
    expect(existsSync(owned)).to.equal(false);
    expectNothing(shop);
  });
});
