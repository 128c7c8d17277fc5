import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { pushImages } from "#artifacts/images/push.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import { startRegistry, type Registry } from "./registry.ts";
import { makeFixture, recipeWith, type Fixture } from "./fixture.ts";

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

describe("pushing an image", () => {
  let fixture: Fixture;
  let registry: Registry;
  beforeEach(async () => {
    fixture = await makeFixture();
    registry = await startRegistry(path.join(fixture.folder, "registry"));
    await writeFile(path.join(fixture.folder, "tool.conf"), "setting = 1\n");
  });
  afterEach(async () => {
    await registry.close();
    await fixture.remove();
  });

  const push = (change: Partial<Recipe> = {}): Promise<void> =>
    pushImages([[{ ...recipeWith(path.join(fixture.folder, "tool.conf")), ...change }]], {
      registry: registry.address,
    });
  const list = (digest: string): string[] =>
    execFileSync("tar", ["--utc", "-tvf", registry.file(digest)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => line.replace(/\s+/g, " "));
  const blob = (digest: string): string => readFileSync(registry.file(digest), "utf8");
  const tagged = (tag = "v1"): string => registry.tags.get(tag) ?? "nothing is tagged so";
  const document = (): unknown => JSON.parse(blob(tagged()));
  const manifest = (): Manifest => document() as Manifest;

  it("creates one layer with fixed owners, order and times, and the recipe's configuration", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push();
    expect([...registry.tags.keys()]).to.deep.equal(["v1"]);
    const { config, layers } = manifest();
    expect(list(layers[0]?.digest ?? "")).to.deep.equal([
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/",
      "lrwxrwxrwx 0/0 0 1970-01-01 00:00 bin/sh -> tool",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/",
      "-rw-r--r-- 0/0 6 1970-01-01 00:00 etc/motd",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/tool/",
      "-rw-r--r-- 0/0 12 1970-01-01 00:00 etc/tool/tool.conf",
      "drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/",
      "-rwxr-xr-x 0/0 8 1970-01-01 00:00 tool",
    ]);
    const { config: settings } = JSON.parse(blob(config.digest)) as { config: Record<string, unknown> };
    expect(settings).to.include({ User: "65535:65535" });
    expect(settings.Entrypoint).to.deep.equal(["/tool"]);
  });

  it("gives the same bytes again, regardless of the umask", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push();
    const first = tagged();
    const umask = process.umask(0o077);
    try {
      await push();
    } finally {
      process.umask(umask);
    }
    expect(tagged()).to.equal(first);
  });

  it("uses the root file system as the lowest layer, unchanged from the cache", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await fixture.artifact("root@13", "a tar of Debian");
    await push({ base: "root@13/amd64" });
    const [below, own, ...others] = manifest().layers;
    expect(blob(below?.digest ?? "")).to.equal("a tar of Debian");
    expect(list(own?.digest ?? "")).to.have.length(8);
    expect(others).to.deep.equal([]);
  });

  it("pushes only the root file system if the image has no files of its own", async () => {
    await fixture.artifact("root@13", "a tar of Debian");
    await push({ base: "root@13/amd64", files: {}, links: {}, scratch: [] });
    expect(manifest().layers).to.have.length(1);
  });

  it("copies files and folders from a tree with their modes, and sets the recipe's modes", async () => {
    const tree = path.join(fixture.folder, "tree");
    await mkdir(path.join(tree, "src"), { recursive: true });
    await writeFile(path.join(tree, "src", "a.c"), "int a;\n", { mode: 0o644 });
    await writeFile(path.join(tree, "start.sh"), "#!/bin/sh\n", { mode: 0o755 });
    await fixture.artifact("files@1", execFileSync("tar", ["-czf", "-", "-C", tree, "src", "start.sh"]));
    await fixture.artifact("tool@1.0.0", "the tool");
    const part = (member: string) => ({ artifact: "files@1/amd64", member });
    await push({
      files: { "/lib/src": part("src"), "/start.sh": part("start.sh"), "/tool": { artifact: "tool@1.0.0/amd64" } },
      modes: { "/tool": 0o4755 },
      links: {},
      scratch: [],
    });
    expect(list(manifest().layers[0]?.digest ?? "")).to.deep.equal([
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 lib/",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 lib/src/",
      "-rw-r--r-- 0/0 7 1970-01-01 00:00 lib/src/a.c",
      "-rwxr-xr-x 0/0 10 1970-01-01 00:00 start.sh",
      "-rwsr-xr-x 0/0 8 1970-01-01 00:00 tool",
    ]);
  });

  it("gives a program the capabilities that one needs without root, beside files as in any layer", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push({ capabilities: { "/tool": ["NET_BIND_SERVICE"] } });
    const first = tagged();
    const [layer] = manifest().layers;
    expect(list(layer?.digest ?? "")).to.deep.equal([
      "-rwxr-xr-x 0/0 8 1970-01-01 00:00 tool",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/",
      "lrwxrwxrwx 0/0 0 1970-01-01 00:00 bin/sh -> tool",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/",
      "-rw-r--r-- 0/0 6 1970-01-01 00:00 etc/motd",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/tool/",
      "-rw-r--r-- 0/0 12 1970-01-01 00:00 etc/tool/tool.conf",
      "drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/",
    ]);
    const bytes = readFileSync(registry.file(layer?.digest ?? ""));
    // Of setcap cap_net_bind_service=ep, in the form in which containerd and podman read it.
    const keyword = "57 SCHILY.xattr.security.capability=";
    const at = bytes.indexOf(keyword) + keyword.length;
    expect(bytes.subarray(at, at + 21).toString("hex")).to.equal("01000002" + "00040000" + "00".repeat(12) + "0a");
    expect(execFileSync("tar", ["-xOf", registry.file(layer?.digest ?? ""), "tool"], { encoding: "utf8" })).to.equal(
      "the tool",
    );
    await push({ capabilities: { "/tool": ["NET_BIND_SERVICE"] } });
    expect(tagged()).to.equal(first);
    await push();
    expect(tagged()).not.to.equal(first);
  });

  it("may have no other file than a program with capabilities", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    const files = { "/tool": { artifact: "tool@1.0.0/amd64" } };
    await push({ files, links: {}, scratch: [], capabilities: { "/tool": ["NET_BIND_SERVICE"] } });
    expect(list(manifest().layers[0]?.digest ?? "")).to.have.length(1);
  });

  it("pushes under each of the tags, and labels a stand-in", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push({ tags: ["v1", "v2"], standIn: "nobody has it" });
    expect([...registry.tags.keys()]).to.deep.equal(["v1", "v2"]);
    expect(tagged("v2")).to.equal(tagged("v1"));
    expect(blob(manifest().config.digest)).to.contain('"kubeplay.stand-in":"nobody has it"');
  });

  it("pushes several architectures as an index of one image for each", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await fixture.artifact("tool@1.0.0", "the other tool", "arm64");
    const recipe = recipeWith(path.join(fixture.folder, "tool.conf"));
    const other: Recipe = {
      ...recipe,
      architecture: "arm64",
      files: { ...recipe.files, "/tool": { artifact: "tool@1.0.0/arm64" } },
    };
    await pushImages([[recipe, other]], { registry: registry.address });
    expect([...registry.tags.keys()]).to.deep.equal(["v1"]);
    const index = document() as {
      readonly manifests: readonly { readonly digest: string; readonly platform: object }[];
      readonly annotations: Readonly<Record<string, string>>;
    };
    expect(index.manifests.map(({ platform }) => platform)).to.deep.equal([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux" },
    ]);
    expect(index.annotations).to.have.property("kubeplay.inputs");
    const [first, second] = index.manifests.map(({ digest }) => JSON.parse(blob(digest)) as Manifest);
    const programOf = (one?: Manifest): string =>
      execFileSync("tar", ["-xOf", registry.file(one?.layers[0]?.digest ?? ""), "tool"], {
        encoding: "utf8",
      });
    expect([first, second].map(programOf)).to.deep.equal(["the tool", "the other tool"]);
  });

  it("pushes nothing if one architecture cannot be made", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    const recipe = recipeWith(path.join(fixture.folder, "tool.conf"));
    const other: Recipe = { ...recipe, architecture: "arm64", files: { "/tool": { artifact: "tool@1.0.0/arm64" } } };
    const pushing = pushImages([[recipe, other]], { registry: registry.address });
    expect(await pushing.catch(String)).to.include("cannot be made without artifact:tool@1.0.0/arm64");
    expect(registry.asked).to.deep.equal([]);
  });

  it("gives another image for another binary", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push();
    const first = tagged();
    await fixture.artifact("tool@1.0.0", "a newer tool");
    await push();
    expect(tagged()).not.to.equal(first);
  });

  it("reports a missing input by name", async () => {
    const message = await push().then(
      () => "",
      (error: unknown) => String(error),
    );
    expect(message).to.contain("registry.example/tools/tool:v1: cannot be made without artifact:tool@1.0.0/amd64");
  });

  it("sends no blob that the registry already has", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push();
    registry.asked.splice(0);
    await push();
    expect(registry.asked.filter((one) => one.startsWith("POST"))).to.deep.equal([]);
  });

  it("retries if the registry is overloaded for a moment", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    let left = 2;
    registry.refuse = (asked) => (asked.startsWith("PUT") && left-- > 0 ? 503 : undefined);
    await push();
    expect([...registry.tags.keys()]).to.deep.equal(["v1"]);
  });

  it("reports why the registry refuses the image", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    registry.refuse = (asked) => (asked.startsWith("PUT") ? 413 : undefined);
    expect(await failureOf(push())).to.match(
      /tools\/tool:v1: cannot be pushed: .*HTTP 413 no room left\. Is the registry/,
    );
  });

  it("reports why the registry cannot be reached", async function () {
    this.timeout(30_000);
    await fixture.artifact("tool@1.0.0", "the tool");
    await registry.close();
    expect(await failureOf(push())).to.contain("cannot be pushed: connect ECONNREFUSED 127.0.0.1");
  });
});

const failureOf = (work: Promise<unknown>): Promise<string> => work.then(() => "no failure", String);
