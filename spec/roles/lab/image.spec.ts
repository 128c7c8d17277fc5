import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { labImage, labImageName } from "#roles/lab/image.ts";
import { containerRoot } from "#roles/lab/root.ts";
import { ask, bound, makeMachine, shellOf, type Machine } from "./helpers.ts";

describe("the lab's image", () => {
  let machine: Machine;
  const image = () =>
    bound(labImage("Make the image", { root: containerRoot, cache: path.join(machine.folder, "cache") }));
  const program = async (name: string, script: string): Promise<void> => {
    await writeFile(path.join(machine.folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(machine.folder, name), 0o755);
  };
  const log = () => readFile(path.join(machine.folder, "log"), "utf8");

  beforeEach(async () => {
    machine = await makeMachine();
    await machine.podman(`echo "podman $*" >> ${machine.folder}/log`);
    await program(
      "mmdebstrap",
      `eval "out=\\\${$(($# - 1))}"; eval "source=\\\${$#}"; echo root > "$out"; echo "$source" >> ${machine.folder}/log`,
    );
  });
  afterEach(() => machine.remove());

  const build = () => machine.sh(shellOf(image().apply({ exists: false })));

  it("is not made again if podman has it", async () => {
    expect(image().diff(await ask(machine, image().needs()))).to.deep.equal([]);
  });

  it("uses the Debian mirror of the machine itself", async () => {
    await program("apt-get", "printf '%s\\n' cdrom:[disk] http://mirror.example/debian/ http://other.example/");
    await build();
    expect(await log()).to.match(/^deb \[signed-by=\S+\] http:\/\/mirror\.example\/debian\/ trixie main\n/);
    expect(await log())
      .to.contain(`podman import --quiet ${machine.folder}/cache/debian-`)
      .and.to.contain(labImageName);
  });

  it("uses Debian's own address on a machine that does not run Debian", async () => {
    await program("apt-get", "exit 100");
    await build();
    expect(await log()).to.contain("http://deb.debian.org/debian trixie main");
  });

  it("is made from the cache the second time", async () => {
    await build();
    await machine.sh(`: > ${machine.folder}/log`);
    await build();
    expect(await log()).not.to.contain("trixie main");
  });

  it("leaves nothing in the cache if it cannot be made", async () => {
    await program("mmdebstrap", `eval "out=\\\${$(($# - 1))}"; echo half > "$out"; exit 1`);
    const left = await machine.sh(
      `(${shellOf(image().apply({ exists: false }))}) 2>/dev/null; ls ${machine.folder}/cache`,
    );
    expect(left).not.to.contain("debian-");
  });
});
