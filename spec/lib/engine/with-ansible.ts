import path from "node:path";
import { ansibleBin } from "../../engine/ansible.ts";

/**
 * Packs modules with the ansible-core of the specs, and those of a folder. Registers mocha hooks, which skip the specs if
 * ansible-core cannot be had from PyPI.
 */
export function withAnsible(library = ""): void {
  const names = ["KUBEPLAY_ANSIBLE_PYTHON", "ANSIBLE_LIBRARY"] as const;
  const own = names.map((name) => [name, process.env[name]] as const);
  before("make a virtualenv with ansible-core", async function () {
    this.timeout(600_000);
    try {
      process.env.KUBEPLAY_ANSIBLE_PYTHON = path.join(await ansibleBin(), "python");
      process.env.ANSIBLE_LIBRARY = library;
    } catch (error) {
      console.log(`no ansible-core: ${String(error).split("\n")[0] ?? ""}`);
      this.skip();
    }
  });
  after(() => {
    for (const [name, value] of own)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  });
}
