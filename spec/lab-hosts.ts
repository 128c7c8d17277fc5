import { execFileSync } from "node:child_process";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { loadInventory } from "#engine/inventory/load.ts";

export interface LabHosts {
  /** How a host is reached: over SSH, as a user who becomes root through sudo. */
  readonly target: (name: string) => Target;
  /** The one connection to a host that specs share, unless they are about connections. */
  readonly host: (name: string) => Promise<Writer>;
  /** What a command prints on a host, without its last newline. A command that fails is an error. */
  readonly on: (name: string, command: string) => Promise<string>;
  /** Specs that cut a connection off let the next one be made anew. */
  readonly forget: (name: string) => Promise<void>;
}

/** With SPEC_LAB=keep the hosts of the run before are used, and stay: for whoever writes specs. */
const kept = process.env.SPEC_LAB === "keep";

/** What an inventory says of the way to a host, for a project beside the lab's. */
export const reachedBy = ({
  address,
  user,
  privateKeyFile,
  knownHostsFiles,
}: Target): Readonly<Record<string, unknown>> => ({
  ansible_host: address,
  ansible_user: user,
  ansible_become: true,
  ansible_ssh_private_key_file: privateKeyFile,
  ansible_ssh_known_hosts_file: knownHostsFiles,
});

/** Bare hosts for the specs of one run, by the play that makes everybody's lab or one like it. Called where a spec's hosts are named. */
export function labHosts(inventory: string, playbook = "lab"): LabHosts {
  const loaded = loadInventory({ file: inventory, root: process.cwd() });
  const connections = new Map<string, Promise<Writer>>();
  const play = (...args: readonly string[]): void => {
    execFileSync("node", ["lib/engine/cli/kubeplay.mjs", "-i", inventory, ...args, playbook], {
      stdio: ["ignore", "inherit", "inherit"],
    });
  };
  const target = (name: string): Target => loaded.target(name);
  const host = (name: string): Promise<Writer> => {
    const known = connections.get(name) ?? connect(target(name));
    connections.set(name, known);
    return known;
  };
  const forget = async (name: string): Promise<void> => {
    const known = connections.get(name);
    connections.delete(name);
    await (await known?.catch(() => undefined))?.close();
  };

  before("the specs' hosts are made", function () {
    this.timeout(300_000);
    if (!kept) play("-e", "lab_state=absent");
    play();
  });
  after("the specs' hosts are taken away", async function () {
    this.timeout(60_000);
    await Promise.all([...connections.keys()].map(forget));
    if (!kept) play("-e", "lab_state=absent");
  });

  const on = async (name: string, command: string): Promise<string> => {
    const { stdout, stderr, code } = await (await host(name)).run(command);
    if (code !== 0) throw new Error(`${command}: exit code ${code}: ${stderr}`);
    return stdout.trimEnd();
  };
  return { target, host, on, forget };
}
