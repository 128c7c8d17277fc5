import { isEarlier, isSameRelease, minorsBetween, plainVersion as plain } from "#cluster/version-rules.ts";
import type { Checked, Checks, HostRequirements } from "./checked.ts";
import type { RunningCluster } from "#cluster/running-cluster.ts";

/** A program that runs, and the version that this run brings. */
interface Change {
  /** "the API server https://10.0.0.11:6443" */
  readonly of: string;
  readonly variable: string;
  readonly running: string;
  readonly wanted: string;
}

/** All that this run would bring in another version. Only hosts of this run, and of one host only what it knows. */
function changesOf({ found, host, versions }: Checked): readonly Change[] {
  const { live, etcd } = found;
  const variable = "kubernetes_version";
  const nodes = live?.nodes.filter(({ version }) => version !== "") ?? [];
  const own = etcd.state === "running" ? etcd.version : undefined;
  const all = [
    ...versions.masters.flatMap(({ url, version: wanted }) => {
      const running = live?.servers[url];
      return running === undefined ? [] : [{ of: `the API server ${url}`, variable, running, wanted }];
    }),
    ...versions.nodes.flatMap(({ name, kubernetes: wanted, containerd }) => {
      const node = nodes.find((one) => one.name === name);
      return node
        ? [
            { of: `the kubelet of ${name}`, variable, running: node.version, wanted },
            {
              of: `the container runtime of ${name}`,
              variable: "containerd_version",
              running: node.runtime,
              wanted: containerd,
            },
          ]
        : [];
    }),
    ...(own === undefined
      ? []
      : [{ of: `etcd of ${host.name}`, variable: "etcd_version", running: own, wanted: versions.etcd }]),
  ];
  return all.filter(({ running, wanted }) => !isSameRelease(running, wanted));
}

/** The subjects of the same problem in one sentence. */
function together(problems: readonly (readonly [of: string, problem: string])[]): string[] {
  const byProblem = new Map<string, string[]>();
  for (const [of, problem] of problems) byProblem.set(problem, [...(byProblem.get(problem) ?? []), of]);
  return [...byProblem].map(([problem, subjects]) => `${subjects.join(", ")}: ${problem}`);
}

/** Why a running program must not be replaced by this version, by https://kubernetes.io/releases/version-skew-policy/. */
function skewProblem({ variable, running, wanted }: Change): string | undefined {
  const is = `${variable} is ${wanted}, but ${plain(running)} runs`;
  if (isEarlier(wanted, running))
    return `${is}: an upgrade does not go back to an earlier version, because data may be of the later one. Set ${variable} to ${plain(running)} or a later one; the last upgrade is put back by -e rollback=true`;
  if (variable === "containerd_version") return undefined;
  const steps = minorsBetween(running, wanted);
  // Kubelets may be three minor versions older than the API, and go to its version at once.
  if (steps === Infinity) return `${is}: kubeplay does not know how to change its major version`;
  return steps > 1
    ? `${is}: it goes one minor version at a time. Set ${variable} to a release of the minor version after ${plain(running)} first`
    : undefined;
}

const isKubelet = ({ of }: Change): boolean => of.startsWith("the kubelet");

/** How many minor versions a kubelet may be older than an API server. */
const kubeletBehind = 3;

/** Kubelets against the API servers as they will be: those of this run, and those that keep their version. */
function kubeletProblems({ versions }: HostRequirements, { servers, nodes }: RunningCluster): string[] {
  const after = Object.entries(servers).map(([url, running]) => ({
    url,
    version: versions.masters.find((master) => master.url === url)?.version ?? running,
  }));
  const newer = versions.nodes.flatMap(({ name, kubernetes: wanted }) =>
    after
      .filter(({ version }) => minorsBetween(version, wanted) > 0)
      .map(
        ({ url, version }) =>
          [
            name,
            `kubernetes_version is ${wanted} for the node, but ${url} has ${plain(version)}: a kubelet must not be newer than any API server. Set kubernetes_version to ${plain(version)}`,
          ] as const,
      ),
  );
  const older = nodes.flatMap(({ name, version: running }) => {
    const wanted = versions.nodes.find((one) => one.name === name)?.kubernetes;
    return after
      .filter(({ version }) => minorsBetween(running, version) > kubeletBehind)
      .map(
        ({ version }) =>
          [
            name,
            `its kubelet runs ${plain(running)}, and an API server of ${plain(version)} serves kubelets that are at most ${kubeletBehind} minor versions older. Upgrade the node first: ${wanted === undefined ? "it is not among the hosts of this run" : "set kubernetes_version of the masters to an earlier version"}`,
          ] as const,
      );
  });
  return together([...newer, ...older]);
}

/** Checks the versions against those that run. */
export const versionChecks: Checks = {
  ClusterVersion: (checked) => {
    const { found, versions } = checked;
    // Each host has what it ran before; the variables may name either version.
    if (versions.mode === "before") return undefined;
    const changes = changesOf(checked);
    const ofKubelets = found.live ? kubeletProblems(checked, found.live) : [];
    const problems =
      versions.mode === "kept"
        ? together(changes.map((change) => [change.of, keptProblem(change)]))
        : together(
            changes
              .filter((change) => !isKubelet(change) || isEarlier(change.wanted, change.running))
              .flatMap((change) => {
                const problem = skewProblem(change);
                return problem === undefined ? [] : [[change.of, problem] as const];
              }),
          );
    const all = [...problems, ...ofKubelets];
    return all.length === 0 ? undefined : all.join("; ");
  },
};

const keptProblem = ({ variable, running, wanted }: Change): string =>
  `${variable} is ${wanted}, but ${plain(running)} runs: only the playbook upgrade changes the versions of a running cluster, host by host (npm run play upgrade). Or set ${variable} to ${plain(running)}`;
