import { defineResource, TaskError } from "kubeplay";
import { runningCluster, type ClusterQuestion, type RunningCluster } from "../running-cluster.ts";

export interface StopProps extends ClusterQuestion {
  readonly host: string;
  /** What failed: "etcd 3.7.3". */
  readonly what: string;
}

/** "v1.37.2: master-1, master-2; v1.36.3: node-1" */
function byVersion(pairs: readonly (readonly [name: string, version: string])[]): string {
  const versions = [...new Set(pairs.map(([, version]) => version))].sort().reverse();
  const named = (wanted: string): string =>
    pairs
      .flatMap(([name, version]) => (version === wanted ? [name] : []))
      .sort()
      .join(", ");
  return versions.map((version) => `${version}: ${named(version)}`).join("; ");
}

/** Where an upgrade stands, in lines. */
export function standing(cluster: RunningCluster | undefined): string {
  if (!cluster) return "No API server answers the controller.";
  const { servers, nodes } = cluster;
  return [
    `API servers: ${byVersion(Object.entries(servers).map(([url, version]) => [url.replace("https://", ""), version]))}`,
    `kubelets: ${byVersion(nodes.map(({ name, version }) => [name, version]))}`,
    `container runtimes: ${byVersion(nodes.map(({ name, runtime }) => [name, runtime]))}`,
  ].join("\n  ");
}

/** Ends the upgrade after a host was put back: fails, and says where everything stands. */
export const stop = defineResource({
  kind: "stop",
  label: ({ what }: StopProps) => what,
  needs: (p) => ({ cluster: runningCluster({ kubeconfig: p.kubeconfig, servers: p.servers }) }),
  diff: ({ cluster }: { readonly cluster: RunningCluster | undefined }, { host, what }) => {
    throw new TaskError(
      [
        `${what} failed on ${host}, and ${host} runs again what it ran before. No other host was begun after it. Now:`,
        `  ${standing(cluster)}`,
        `Repair what failed, and run upgrade again: it continues. Or put all back: npm run play -- -e rollback=true upgrade`,
      ].join("\n"),
    );
  },
  apply: () => [],
  forecast: () => ({}),
});
