import type { Checks, HostRequirements } from "./checked.ts";
import type { RunningCluster } from "#cluster/running-cluster.ts";

type Minor = readonly [major: number, minor: number];

/** "v1.37.2" or "1.37.2-rc.1" as [1, 37]. */
function minorOf(version: string): Minor | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

const plain = (version: string): string => version.replace(/^v/, "");

/** The minor versions from one version to another; infinite between major ones, 0 for a version in other words. */
function minorsBetween(from: string, to: string): number {
  const [one, other] = [minorOf(from), minorOf(to)];
  if (!one || !other) return 0;
  return one[0] === other[0] ? other[1] - one[1] : (other[0] - one[0]) * Infinity;
}

/** Rules of https://kubernetes.io/releases/version-skew-policy/ for the API servers. */
function serverProblem(running: string, wanted: string): string | undefined {
  const steps = minorsBetween(running, wanted);
  if (steps === 0) return undefined;
  const why =
    steps === 1
      ? "kubeplay cannot move a running cluster to another minor version yet: it would restart every kubelet with its pods on the node"
      : steps > 1
        ? "the API servers go one minor version at a time"
        : "the API servers do not go back to an earlier minor version, because objects in etcd may be of the later one";
  return `kubernetes_version is ${wanted}, but the cluster runs ${plain(running)}: ${why}. Set kubernetes_version to ${plain(running)}`;
}

/** A kubelet that this run would make newer than an API server that keeps its version. */
function nodeProblems({ versions }: HostRequirements, { servers }: RunningCluster): string[] {
  const staying = Object.entries(servers).filter(([server]) => !versions.masters.some(({ url }) => url === server));
  return staying.flatMap(([server, running]) =>
    versions.nodes
      .filter((wanted) => minorsBetween(running, wanted) > 0)
      .map(
        (wanted) =>
          `kubernetes_version is ${wanted} for a node, but ${server} runs ${plain(running)}: a kubelet must not be newer than any API server. Set kubernetes_version to ${plain(running)}`,
      ),
  );
}

/** Checks the versions against those of the running cluster. */
export const versionChecks: Checks = {
  ClusterVersion: ({ found, ...wanted }) => {
    const { live } = found;
    if (!live) return undefined;
    const servers = Object.values(live.servers).flatMap((version) =>
      wanted.versions.masters.flatMap((master) => serverProblem(version, master.version) ?? []),
    );
    const problems = new Set([...servers, ...nodeProblems(wanted, live)]);
    return problems.size === 0 ? undefined : [...problems].join("; ");
  },
};
