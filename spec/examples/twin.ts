import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { ansibleBin } from "../engine/ansible.ts";
import { reachedBy } from "../lab-hosts.ts";
import { on, target } from "./lab/host.ts";

export interface TwinPlayed {
  readonly code: number | null;
  readonly output: string;
  /** By host. */
  readonly changed: Readonly<Record<string, number>>;
}

/**
 * Makes the environment of Ansible with its collections, as `kubeplay ansible install ansible` does, and installs Python
 * on the hosts. Registers mocha hooks, which skip the specs if Ansible cannot be had from PyPI.
 */
export function withTwin(...hosts: readonly string[]): void {
  before("make a virtualenv with ansible", async function () {
    this.timeout(600_000);
    try {
      await ansibleBin({ collections: true });
    } catch (error) {
      console.log(`no ansible: ${String(error).split("\n")[0] ?? ""}`);
      this.skip();
    }
  });
  before("install Python", async () => {
    await Promise.all(hosts.map((host) => on(host, "apt-get -qq update && apt-get install -qq -y python3 >/dev/null")));
  });
}

/** Plays an example's twin, in its folder `ansible`, on hosts of the lab in one group. */
export async function playTwin(
  example: string,
  { group, hosts, vars }: { readonly group: string; readonly hosts: readonly string[]; readonly vars: object },
): Promise<TwinPlayed> {
  const folder = path.join(example, "ansible");
  const reached = Object.fromEntries(hosts.map((host) => [host, ofSsh(reachedBy(target(host)))]));
  writeFileSync(path.join(folder, "hosts.json"), JSON.stringify({ [group]: { hosts: reached, vars } }));
  const program = path.join(await ansibleBin({ collections: true }), "ansible-playbook");
  const env = { ...process.env, ANSIBLE_NOCOLOR: "1", ANSIBLE_PIPELINING: "1", ANSIBLE_FORKS: "10" };
  const ran = spawnSync(program, ["-i", "hosts.json", "site.yml"], { cwd: folder, env, encoding: "utf8" });
  const recap = [...ran.stdout.matchAll(/^(\S+)\s+: ok=\d+\s+changed=(\d+)/gm)];
  return {
    code: ran.status,
    output: ran.stdout + ran.stderr,
    changed: Object.fromEntries(recap.map(([, host = "", count]) => [host, Number(count)])),
  };
}

/** Ansible gives the files of host keys to the program ssh. */
const ofSsh = ({ ansible_ssh_known_hosts_file: files, ...rest }: Readonly<Record<string, unknown>>): object => ({
  ...rest,
  ansible_ssh_common_args: `-o UserKnownHostsFile=${String([files].flat()[0])}`,
});
