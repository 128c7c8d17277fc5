import { defineResource, overlaps, queries, type Query } from "kubeplay";
import { runningCluster, type ClusterQuestion, type RunningCluster } from "#cluster/running-cluster.ts";
import type { PodSubnet } from "#cluster/pod-subnets.ts";

export type PodRoute = Pick<PodSubnet, "subnet" | "address">;

export interface FormerRoutesProps {
  /** The program that sets the routes, as an earlier run wrote it. */
  readonly program: string;
  /** The subnets of all hosts in the inventory, this one too. */
  readonly subnets: readonly PodRoute[];
}

/** The routes in a program that lead to no host of the inventory, and to no subnet that one of them has now. */
export const formerIn = (program: string, subnets: readonly PodRoute[]): readonly PodRoute[] =>
  [...program.matchAll(/^route '([\d./]+)' '([\d.]+)'$/gm)]
    .map(([, subnet = "", address = ""]) => ({ subnet, address }))
    .filter((former) =>
      subnets.every(({ subnet, address }) => address !== former.address && !overlaps(subnet, former.subnet)),
    );

/** The routes that the last run set to hosts which have left the inventory since. */
export const formerRoutes = defineResource({
  kind: "former routes",
  label: ({ program }: FormerRoutesProps) => program,
  needs: ({ program }) => ({ text: queries.content(program) }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: ({ text }: { readonly text: queries.ContentState }, { subnets }) =>
    typeof text === "string" ? formerIn(text, subnets) : [],
  reads: true,
});

export interface KeptRoutesProps {
  readonly former: readonly PodRoute[];
  readonly cluster: ClusterQuestion;
  /** The hosts of the inventory. A Node of this name has the address that its host had before. */
  readonly hosts: readonly string[];
}

/** Of these routes, those to nodes that only the cluster still has; all of them if its API does not answer. */
export const keptRoutes = defineResource({
  kind: "kept routes",
  label: ({ former }: KeptRoutesProps) => former.map(({ subnet }) => subnet).join(", "),
  // The API is asked only if there is such a route.
  needs: ({ former, cluster }): Record<string, Query<RunningCluster | undefined>> =>
    former.length > 0 ? { live: runningCluster(cluster) } : {},
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: ({ live }: Readonly<Record<string, RunningCluster | undefined>>, { former, hosts }) => {
    const left = live?.nodes.filter(({ name }) => !hosts.includes(name));
    return former.filter(({ address }) => !left || left.some(({ addresses }) => addresses.includes(address)));
  },
  reads: true,
});
