import { setTimeout as sleep } from "node:timers/promises";
import { TaskError } from "#lib/errors.ts";
import { defineQuery } from "#lib/queries/define.ts";
import { kubernetesApi, type ApiAccess } from "#lib/queries/kubernetes-api.ts";
import { defineResource } from "#lib/resources/index.ts";

export interface ReadinessProps extends ApiAccess {
  /** The nodes that must be there and Ready. */
  readonly nodes: readonly string[];
  /** Deployments that must have all their replicas, as namespace/name. */
  readonly deployments: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

interface Listed {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly availableReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const itemsOf = (body: unknown): readonly Listed[] => (body as { items?: readonly Listed[] } | undefined)?.items ?? [];

/** What is not ready yet, in words; undefined while the API does not answer. */
async function missing(p: ReadinessProps): Promise<readonly string[] | undefined> {
  const api = await kubernetesApi(p);
  if (!api) return undefined;
  try {
    const [nodes, deployments] = await Promise.all([
      api.ask("GET", "/api/v1/nodes"),
      api.ask("GET", "/apis/apps/v1/deployments"),
    ]);
    const ready = new Set(
      itemsOf(nodes.body)
        .filter(({ status }) => status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"))
        .map(({ metadata }) => metadata.name),
    );
    const complete = new Set(
      itemsOf(deployments.body)
        .filter(({ spec, status }) => (status?.availableReplicas ?? 0) >= (spec?.replicas ?? 1))
        .map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`),
    );
    return [
      ...p.nodes.filter((name) => !ready.has(name)).map((name) => `node ${name}`),
      ...p.deployments.filter((name) => !complete.has(name)).map((name) => `deployment ${name}`),
    ];
  } catch (error) {
    if (error instanceof TaskError) return undefined;
    throw error;
  }
}

const readinessOf = defineQuery<readonly string[] | undefined>({
  kind: "cluster readiness",
  get: async (keys) =>
    new Map(
      await Promise.all(keys.map(async (key) => [key, await missing(JSON.parse(key) as ReadinessProps)] as const)),
    ),
  volatile: true,
});

/** Goes on when every node is Ready and every deployment complete. Never a change. */
export const readiness = defineResource({
  kind: "readiness",
  label: (p: ReadinessProps) => `${p.nodes.length} nodes, ${p.deployments.join(", ")}`,
  needs: (p) => ({ missing: readinessOf(JSON.stringify(p)) }),
  diff: ({ missing }) => (missing?.length === 0 ? [] : [{ what: "not ready", before: missing, after: [] }]),
  apply: (_found, _now, p) => [
    {
      onController: async (progress) => {
        for (const end = Date.now() + p.timeout * 1000; ;) {
          const left = await missing(p);
          if (left?.length === 0) return;
          const said = left ? `not ready: ${left.join(", ")}` : "the API does not answer";
          if (Date.now() > end) throw new TaskError(`after ${p.timeout} s ${said}: see npm run kubectl -- describe`);
          progress(said);
          await sleep(250);
        }
      },
    },
  ],
  forecast: () => ({ missing: [] }),
  waits: true,
});
