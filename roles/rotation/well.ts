import { defineResource, queries, TaskError } from "kubeplay";
import { refusal, type Api, type ApiAccess } from "kubeplay/kubernetes";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";

export interface MasterWellProps {
  readonly host: string;
  /** Shell conditions on the master. */
  readonly etcd: string;
  readonly apiserver: string;
}

const refused = (why: string): TaskError =>
  new TaskError(`nothing is rotated: ${why}. Repair that first: npm run doctor names causes`);

/** Fails unless the master's member of etcd and its API server are well. Never a change. */
export const masterWell = defineResource({
  kind: "rotation check",
  label: ({ host }: MasterWellProps) => host,
  needs: (p) => ({ etcd: queries.probe(p.etcd), apiserver: queries.probe(p.apiserver) }),
  diff: ({ etcd, apiserver }, { host }) => {
    if (!etcd) throw refused(`the member of etcd on ${host} is not healthy`);
    if (!apiserver) throw refused(`kube-apiserver on ${host} is not ready`);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});

interface Listed {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

type Nodes = { readonly type: "nodes"; readonly ready: readonly string[] } | Unreachable;

const readyNodes = apiQuery("ready nodes", async (api: Api) => {
  const answer = await api.ask("GET", "/api/v1/nodes");
  if (answer.status !== 200) throw refusal("nodes cannot be listed", answer);
  const isReady = ({ status }: Listed): boolean =>
    status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
  const ready = (answer.body as { readonly items: readonly Listed[] }).items.filter(isReady);
  return { type: "nodes", ready: ready.map(({ metadata }) => metadata.name) } as const;
});

export interface NodesWellProps extends ApiAccess {
  /** Hosts that this run does not reach. */
  readonly missing: readonly string[];
  readonly nodes: readonly string[];
}

/** Fails unless the run has all hosts, and all nodes are Ready. Never a change. */
export const nodesWell = defineResource({
  kind: "rotation check",
  label: () => "nodes",
  needs: (p: NodesWellProps) => ({ found: readyNodes(p, "all") }),
  diff: ({ found }: { readonly found: Nodes }, p) => {
    if (p.missing.length > 0)
      throw refused(
        `this run has not connected to ${p.missing.join(", ")}, and a host that keeps the old CAs alone would be cut off: play without --limit, on hosts that answer`,
      );
    if (found.type === "unreachable") throw unreachable(found);
    const others = p.nodes.filter((name) => !found.ready.includes(name));
    if (others.length > 0) throw refused(`these nodes are not Ready: ${others.join(", ")}`);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});
