import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { labTools } from "#roles/lab/tools.ts";
import { bound, makeMachine, shellOf, type Machine } from "./helpers.ts";

const tools = bound(labTools("Install the lab's tools", {}));
const all = tools.forecast({});

describe("the lab's tools", () => {
  let machine: Machine;
  beforeEach(async () => (machine = await makeMachine()));
  afterEach(() => machine.remove());

  const apt = async (script: string): Promise<void> => {
    await writeFile(path.join(machine.folder, "apt-get"), `#!/bin/sh\necho "$*" >> ${machine.folder}/log\n${script}\n`);
    await chmod(path.join(machine.folder, "apt-get"), 0o755);
  };
  const install = (now: object): Promise<string> => machine.sh(`(${shellOf(tools.apply(now))}) 2>&1; echo $?`);

  it("are accepted from any source", () => {
    expect(tools.diff(all)).to.deep.equal([]);
  });

  it("are installed if they are missing, without removing other packages", async () => {
    await apt(":");
    await install({ ...all, podman: false, runc: false });
    expect(await readFile(path.join(machine.folder, "log"), "utf8")).to.match(
      /update\n.* install --no-install-recommends --no-remove podman runc\n$/,
    );
  });

  it("are installed even if a package list cannot be fetched", async () => {
    await apt('case "$*" in *update*) exit 100 ;; esac');
    expect(await install({ ...all, podman: false })).to.match(/\n0\n$/);
  });

  it("are named in the error if there is no apt", async () => {
    const said = await install({ ...all, podman: false, mmdebstrap: false });
    expect(said).to.equal(
      "the lab needs podman mmdebstrap, and this machine has no apt-get: install them by hand\n1\n",
    );
  });
});
