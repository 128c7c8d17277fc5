import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Role } from "kubeplay";
import { list } from "#engine/cli/play/list.ts";
import { loadRoles } from "#engine/cli/play/load.ts";
import { inventoryVariables } from "#engine/inventory/connection-variables.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { playHosts, Mask, Variables } from "#engine/runner/index.ts";
import site from "#playbooks/site.ts";

const options = { tags: [], skipTags: [], check: false, diff: false, forks: 1 };
const flags = { listHosts: true, listTasks: true, listTags: false };

/** The output of `--list-hosts --list-tasks site` for an inventory. No host is queried. */
async function listed(inventory: object, limit?: string): Promise<string[]> {
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-site-"));
  try {
    const file = path.join(root, "hosts.yaml");
    writeFileSync(file, JSON.stringify(inventory));
    const loaded = loadInventory({ file, root });
    const played = new Map<string, Role[]>();
    for (const play of site)
      for (const { name } of playHosts(play, loaded, limit))
        played.set(name, [...(played.get(name) ?? []), ...play.roles]);
    const known = [inventoryVariables, ...(await loadRoles(process.cwd()))];
    const variables = new Variables(
      loaded,
      known,
      [...played].map(([host, roles]) => ({ host, roles })),
      new Mask(),
    );
    return list(site, loaded, variables, { ...options, ...(limit !== undefined && { limit }) }, flags);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const one = { masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } } };
const two = { ...one, nodes: { hosts: { "node-1": { ansible_host: "10.0.0.21" } } } };

describe("the playbook site", () => {
  it("makes a cluster of one master if the inventory has no group nodes", async () => {
    const lines = await listed(one);
    const place = lines.findIndex((line) => line.includes("(masters:nodes): Nodes"));
    expect(lines[place + 1]).to.equal("    master-1");
    expect(lines).to.include("    node-labels : Label master-1  TAGS: [node-labels]");
    expect(lines.filter((line) => line.includes("Create a bootstrap token"))).to.have.length(1);
  });

  it("includes the group nodes if it exists", async () => {
    const lines = await listed(two);
    expect(lines).to.include("    node-labels : Label node-1  TAGS: [node-labels]");
    expect(await listed(two, "nodes")).to.include("    node-1");
  });

  it("rejects a limit with an unknown group, although plays may omit that group", async () => {
    const failure = await listed(one, "nodes").then(
      () => "no failure",
      (error: unknown) => String(error),
    );
    expect(failure).to.contain('there is no host or group "nodes"');
  });

  it("removes kube-proxy only after Cilium, which replaces it, is installed", () => {
    const roles = site.flatMap((play) => play.roles.map(({ name }) => name));
    expect(roles.indexOf("kube-proxy-absent")).to.be.above(roles.indexOf("cni-cilium"));
    expect(roles.indexOf("cni-cilium")).to.be.above(roles.indexOf("kube-proxy"));
  });
});
