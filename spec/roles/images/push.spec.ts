import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { pushImage } from "#roles/images/push.ts";
import { makeFixture, recipeWith, type Fixture } from "./fixture.ts";

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

describe("pushing an image", () => {
  let fixture: Fixture;
  let pushed: string;
  beforeEach(async () => {
    fixture = await makeFixture();
    pushed = path.join(fixture.folder, "pushed");
    // Stands for crane: keeps what it was given to push.
    await fixture.artifact(
      "crane@0.1.0",
      `#!/bin/sh\nrm -rf ${pushed}; cp -r "$3" ${pushed}; echo "$1 $2 $4" > ${pushed}/call\n`,
    );
    await writeFile(path.join(fixture.folder, "tool.conf"), "setting = 1\n");
  });
  afterEach(() => fixture.remove());

  const push = (): Promise<void> =>
    pushImage(recipeWith(path.join(fixture.folder, "tool.conf")), {
      registry: "192.0.2.1:5000",
      crane: "crane@0.1.0/amd64",
    });
  const read = (name: string): string => readFileSync(path.join(pushed, name), "utf8");
  const blob = (digest: string): string => path.join("blobs", "sha256", digest.replace("sha256:", ""));
  const manifest = (): Manifest => {
    const { manifests } = JSON.parse(read("index.json")) as { manifests: { digest: string }[] };
    return JSON.parse(read(blob(manifests[0]?.digest ?? ""))) as Manifest;
  };

  it("gives one layer with fixed owners, order and times, and the recipe's configuration", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push();
    expect(read("call")).to.equal("push --insecure 192.0.2.1:5000/tools/tool:v1\n");
    const { config, layers } = manifest();
    const layer = path.join(pushed, blob(layers[0]?.digest ?? ""));
    const listing = execFileSync("tar", ["--utc", "-tvf", layer], { encoding: "utf8" }).trim().split("\n");
    expect(listing.map((line) => line.replace(/\s+/g, " "))).to.deep.equal([
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/",
      "lrwxrwxrwx 0/0 0 1970-01-01 00:00 bin/sh -> tool",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/tool/",
      "-rw-r--r-- 0/0 12 1970-01-01 00:00 etc/tool/tool.conf",
      "drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/",
      "-rwxr-xr-x 0/0 8 1970-01-01 00:00 tool",
    ]);
    const { config: settings } = JSON.parse(read(blob(config.digest))) as { config: Record<string, unknown> };
    expect(settings).to.include({ User: "65535:65535" });
    expect(settings.Entrypoint).to.deep.equal(["/tool"]);
  });

  it("gives the same bytes again, whatever the umask", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push();
    const first = read("index.json");
    const umask = process.umask(0o077);
    try {
      await push();
    } finally {
      process.umask(umask);
    }
    expect(read("index.json")).to.equal(first);
  });

  it("gives another image for another binary", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await push();
    const first = read("index.json");
    await fixture.artifact("tool@1.0.0", "a newer tool");
    await push();
    expect(read("index.json")).not.to.equal(first);
  });

  it("without one of its inputs names it", async () => {
    const message = await push().then(
      () => "",
      (error: unknown) => String(error),
    );
    expect(message).to.contain("192.0.2.1:5000/tools/tool:v1: cannot be made without artifact:tool@1.0.0/amd64");
  });

  it("to a registry that refuses it tells why", async () => {
    await fixture.artifact("tool@1.0.0", "the tool");
    await fixture.artifact("crane@0.1.0", "#!/bin/sh\necho connection refused >&2; exit 1\n");
    const message = await push().then(
      () => "",
      (error: unknown) => String(error),
    );
    expect(message).to.contain("cannot be pushed: connection refused. Does the registry at 192.0.2.1:5000 run?");
  });
});
