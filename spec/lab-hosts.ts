import { execFileSync } from "node:child_process";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { loadInventory } from "#engine/inventory/load.ts";

export interface LabHosts {
  /** The target of a host: over SSH, as a user who becomes root through sudo. */
  readonly target: (name: string) => Target;
  /** The connection to a host that specs share, unless they test connections. */
  readonly host: (name: string) => Promise<Writer>;
  /** The output of a command on a host, without its last newline. Throws if the command fails. */
  readonly on: (name: string, command: string) => Promise<string>;
  /** Closes the shared connection: specs that break it call this. */
  readonly forget: (name: string) => Promise<void>;
}

/** SPEC_LAB=keep reuses the hosts of the previous run and keeps them afterwards, to save time while writing specs. */
const kept = process.env.SPEC_LAB === "keep";

/** The connection variables of a host, for the inventory of another project. */
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

/** Makes bare hosts for the specs of one run, with the play of every lab or a similar one. Registers mocha hooks. */
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

  before("make the specs' hosts", function () {
    this.timeout(600_000);
    if (!kept) play("-e", "lab_state=absent");
    play();
  });
  after("remove the specs' hosts", async function () {
    this.timeout(600_000);
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
