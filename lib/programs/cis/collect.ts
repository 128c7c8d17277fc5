import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { askHosts } from "#cluster/ask-hosts.ts";
import { nodesOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { askApi, type ApiToAsk } from "../reading/api.ts";
import { script } from "../reading/script.ts";
import { lists, type ClusterEvidence } from "./evidence/cluster.ts";
import { hostEvidence, type FileState } from "./evidence/host.ts";
import { probe } from "./evidence/probe.ts";

/** The evidence, and why a part of it is missing. */
export interface Collected {
  readonly evidence: ClusterEvidence;
  readonly troubles: readonly string[];
}

/** Asks every node and the API at the same time: a script for each host, a request for each list. Changes nothing. */
export async function collect(inventory: LoadedInventory, vars: ApiToAsk["vars"]): Promise<Collected> {
  const [hosts, api] = await Promise.all([
    askHosts<{ probe: string }>(inventory, nodesOf(inventory), () => ({ probe: script(probe) })),
    askApi({ inventory, vars }, Object.values(lists)),
  ]);
  const asked = hosts.map((one) => {
    if ("unreachable" in one) return { host: one.host, reason: one.unreachable };
    const { probe: output } = one.answers;
    if (output instanceof Error) return { host: one.host, reason: output.message };
    return hostEvidence(one.host, output);
  });
  const nodes = asked.filter((one) => "files" in one);
  const unread = asked.filter((one) => "reason" in one);
  const user = userInfo().username;
  const evidence: ClusterEvidence = {
    nodes,
    masters: nodes.filter(({ host }) => host.groups.includes("masters")),
    unread,
    lists: Object.fromEntries(Object.entries(lists).map(([name, { path }]) => [name, api.bodies.get(path)])),
    adminFiles: (["admin", "super-admin"] as const).flatMap((name) =>
      fileAt(kubeconfigPath(vars.cluster_name, name), user),
    ),
    user,
  };
  const { trouble } = api;
  return {
    evidence,
    troubles: [
      ...unread.map(({ host, reason }) => `${host.name} was not read: ${reason}`),
      ...(trouble
        ? [`${trouble.problem}${trouble.cause === undefined ? "" : ` (${trouble.cause})`}: ${trouble.remedy}`]
        : []),
    ],
  };
}

/** A file of the controller. Users other than the one who runs this are numbers. */
function fileAt(path: string, user: string): FileState[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  const owner = found.uid === process.getuid?.() ? user : String(found.uid);
  return [{ path, mode: found.mode & 0o7777, owner: `${owner}:${String(found.gid)}`, isFolder: false }];
}
