import { readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { knownName } from "#engine/connection/known-hosts.ts";
import type { Target } from "#engine/connection/types.ts";
import { writeWhole } from "#engine/files.ts";
import { BenchError } from "./bench-error.ts";

/** Another address and port of one of the bench's hosts. */
export interface Endpoint {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** The host behind it: the same user, key and host key. */
  readonly host: Target;
}

/** Writes an inventory of these endpoints, and beside it their host keys. Resolves to the inventory's path. */
export async function writeInventory(name: string, endpoints: readonly Endpoint[]): Promise<string> {
  const folder = path.resolve(".kubeplay", "bench", name);
  const knownHosts = path.join(folder, "known_hosts");
  const hosts = endpoints.map(({ name: endpoint, address, port, host }) => [
    endpoint,
    {
      ansible_host: address,
      ansible_port: port,
      ansible_user: host.user,
      ansible_become: true,
      ansible_ssh_private_key_file: host.privateKeyFile,
      ansible_ssh_known_hosts_file: knownHosts,
    },
  ]);
  const keys = endpoints.map(({ address, port, host }) => `${knownName(address, port)} ${hostKey(host)}\n`);
  await writeWhole(knownHosts, keys.join(""));
  const file = path.join(folder, "hosts.yaml");
  await writeWhole(file, stringify({ all: { hosts: Object.fromEntries(hosts) as object } }));
  return file;
}

function hostKey({ name, address, knownHostsFiles: [file = ""] }: Target): string {
  const line = readFileSync(file, "utf8")
    .split("\n")
    .find((text) => text.startsWith(`${address} `));
  if (line === undefined) throw new BenchError(`${file} has no key of ${name} (${address})`);
  return line.slice(address.length + 1);
}
