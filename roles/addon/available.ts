import { setTimeout as sleep } from "node:timers/promises";
import { TaskError } from "#lib/errors.ts";
import { kubernetesApi, type ApiAccess } from "#lib/queries/kubernetes-api.ts";
import { defineQuery } from "#lib/queries/define.ts";
import { setLabel } from "#lib/queries/set-inventory.ts";
import { unknown } from "#lib/resources/define.ts";
import { defineResource } from "#lib/resources/index.ts";

export interface AvailableProps extends ApiAccess {
  /** Names of sets of objects. */
  readonly sets: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

interface Workload {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: Readonly<Record<string, number | undefined>>;
}

/** How many pods of a workload's present version shall be there, and how many are. */
const counts: Readonly<Record<string, (one: Workload) => readonly [shall: number, are: number]>> = {
  deployments: ({ spec, status = {} }) => [
    spec?.replicas ?? 1,
    Math.min(status.updatedReplicas ?? 0, status.availableReplicas ?? 0),
  ],
  statefulsets: ({ spec, status = {} }) => [
    spec?.replicas ?? 1,
    Math.min(status.updatedReplicas ?? status.currentReplicas ?? 0, status.readyReplicas ?? 0),
  ],
  daemonsets: ({ status = {} }) => [
    status.desiredNumberScheduled ?? 1,
    Math.min(status.updatedNumberScheduled ?? 0, status.numberAvailable ?? 0),
  ],
};

/** Which workloads are not complete, in words; undefined while the API does not answer. */
async function missing({ sets, ...access }: AvailableProps): Promise<readonly string[] | undefined> {
  const api = await kubernetesApi(access);
  if (!api) return undefined;
  const selector = encodeURIComponent(`${setLabel} in (${sets.join(",")})`);
  try {
    const found = await Promise.all(
      Object.entries(counts).map(async ([plural, count]) => {
        const { status, body } = await api.ask("GET", `/apis/apps/v1/${plural}?labelSelector=${selector}`);
        if (status !== 200) return [plural];
        return (body as { readonly items: readonly Workload[] }).items.flatMap((one) => {
          const [shall, are] = count(one);
          const isSeen = (one.status?.observedGeneration ?? 0) >= (one.metadata.generation ?? 0);
          const name = `${one.metadata.namespace ?? ""}/${one.metadata.name}`;
          return isSeen && are >= shall ? [] : [`${name} (${String(are)} of ${String(shall)})`];
        });
      }),
    );
    return found.flat();
  } catch (error) {
    if (error instanceof TaskError) return undefined;
    throw error;
  }
}

const availabilityOf = defineQuery<readonly string[] | undefined>({
  kind: "availability",
  volatile: true,
  get: async (keys) =>
    new Map(
      await Promise.all(keys.map(async (key) => [key, await missing(JSON.parse(key) as AvailableProps)] as const)),
    ),
});

/** Goes on when all pods of the sets' workloads are there. Never a change. */
export const available = defineResource({
  kind: "available",
  label: (p: AvailableProps) => p.sets.join(", "),
  needs: (p) => ({ missing: availabilityOf(JSON.stringify(p)) }),
  diff: ({ missing }) => (missing?.length === 0 ? [] : [{ what: "not there", before: missing ?? unknown, after: [] }]),
  apply: (_found, _now, p) => [
    {
      onController: async (progress) => {
        const end = Date.now() + p.timeout * 1000;
        for (;;) {
          const left = await missing(p);
          if (left?.length === 0) return;
          const said = left ? `not complete: ${left.join(", ")}` : "the API does not answer";
          if (Date.now() > end)
            throw new TaskError(
              `after ${String(p.timeout)} s ${said}: see npm run kubectl -- describe, and get events -A`,
            );
          progress(said);
          await sleep(500);
        }
      },
    },
  ],
  forecast: () => ({ missing: [] }),
  waits: true,
});
