import path from "node:path/posix";
import { defineResource, queries, register, TaskError, type Difference, type Query } from "kubeplay";
import { runningCluster, type ClusterQuestion, type RunningCluster } from "../running-cluster.ts";
import { minorsBetween, plainVersion } from "../version-rules.ts";
import { keptIn, versionKept, type Upgradable } from "./kept.ts";

/** The version to which each service of a host would be put back, by its unit; "" if its program did not say it. */
export type KeptVersions = Readonly<Record<string, string>>;

/** What the hosts of a rollback have kept. */
export const keptVersions = register<KeptVersions>("versions kept on the host");

interface Services {
  /** The services of a host that an upgrade changes. */
  readonly services: readonly Upgradable[];
}

/** Looks which services of a host can be put back. Never a change; its output is the versions before. */
export const whatIsKept = defineResource({
  kind: "kept versions",
  label: ({ services }: Services) => services.map(({ unit }) => unit).join(", "),
  needs: ({ services }): Record<string, Query<queries.ContentState>> =>
    Object.fromEntries(
      services.flatMap((each) => [
        [`${each.unit} to`, versionKept(each)] as const,
        [`${each.unit} from`, queries.content(path.join(keptIn(each), "from"))] as const,
      ]),
    ),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: (now: Readonly<Record<string, queries.ContentState>>, { services }): KeptVersions =>
    Object.fromEntries(
      services.flatMap(({ unit }) => {
        const from = now[`${unit} from`];
        return now[`${unit} to`] === undefined ? [] : [[unit, typeof from === "string" ? from.trim() : ""] as const];
      }),
    ),
});

/** The property for a host. Each is one of its own, as only whole properties may be outputs. */
export const keptOn = (host: string) => `kept on ${host}` as const;

/** By host; undefined for one that is not in the run. */
type KeptByHost = Readonly<Record<ReturnType<typeof keptOn>, KeptVersions | undefined>>;
export type RollbackProps = ClusterQuestion & KeptByHost;

/** The version of a service of a host after the rollback, if it changes. */
const after = (p: RollbackProps, host: string, unit: string): string | undefined => p[keptOn(host)]?.[unit];

const hostsOf = (p: RollbackProps): readonly string[] =>
  Object.keys(p).flatMap((key) => (key.startsWith(keptOn("")) ? [key.slice(keptOn("").length)] : []));

/** Kubelets that would be newer than an API server that is put back. */
function tooNew({ nodes }: RunningCluster, p: RollbackProps): string[] {
  const servers = hostsOf(p).flatMap((host) => after(p, host, "kube-apiserver") ?? []);
  return nodes.flatMap(({ name, version }) => {
    const kubelet = after(p, name, "kubelet") ?? version;
    const server = servers.find((one) => minorsBetween(one, kubelet) > 0);
    return server === undefined
      ? []
      : [`the kubelet of ${name} stays at ${plainVersion(kubelet)}, but API servers go back to ${server}`];
  });
}

/** Fails if a rollback of these hosts would leave kubelets newer than an API server. Warns if nothing is kept. */
export const rollbackAllowed = defineResource({
  kind: "rollback",
  label: (p: RollbackProps) => `of ${hostsOf(p).join(", ")}`,
  needs: ({ kubeconfig, servers }) => ({ cluster: runningCluster({ kubeconfig, servers }) }),
  diff: ({ cluster }: { readonly cluster: RunningCluster | undefined }, p): Difference[] => {
    const problems = cluster ? tooNew(cluster, p) : [];
    if (problems.length > 0)
      throw new TaskError(
        `${problems.join("; ")}: a kubelet must not be newer than any API server. Nothing was changed: put these nodes back too (without --limit, if there is one)`,
      );
    return [];
  },
  warnings: (_now, p) =>
    hostsOf(p).some((host) => Object.keys(p[keptOn(host)] ?? {}).length > 0)
      ? []
      : [
          "the hosts of this run have kept nothing of an upgrade, so there is nothing to put back: it was put back before, or there was none",
        ],
  apply: () => [],
  forecast: () => ({}),
});
