import { defineResource, TaskError, type Query } from "kubeplay";
import { refusal, useApi, type Api, type ApiAccess } from "kubeplay/kubernetes";
import { sleepUnless } from "#engine/tasks/sleep-unless.ts";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { nodePath } from "#kubernetes/drain/node-state.ts";

export interface PodsBackProps extends ApiAccess {
  readonly node: string;
  /** Seconds. */
  readonly timeout: number;
}

interface Conditions {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
interface Pod extends Conditions {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
}

const isReady = ({ status }: Conditions): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false;

const isOfDaemonSet = ({ metadata }: Pod): boolean =>
  metadata.ownerReferences?.some(({ kind, controller }) => controller && kind === "DaemonSet") ?? false;

/** What a node lacks to be as before: "the node is not Ready", "pod kube-system/dns-x2 is not Ready". */
async function missing(api: Api, node: string): Promise<readonly string[]> {
  const [found, pods] = await Promise.all([
    api.ask("GET", nodePath(node)),
    api.ask("GET", `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`),
  ]);
  if (found.status === 404) return [];
  if (found.status !== 200) throw refusal(`the node ${node} cannot be read`, found);
  if (pods.status !== 200) throw refusal(`the pods of ${node} cannot be listed`, pods);
  const own = (pods.body as { readonly items: readonly Pod[] }).items.filter(isOfDaemonSet);
  return [
    ...(isReady(found.body as Conditions) ? [] : ["the node is not Ready"]),
    ...own
      .filter((pod) => !isReady(pod))
      .map(({ metadata }) => `pod ${metadata.namespace}/${metadata.name} is not Ready`),
  ];
}

type Key = Omit<PodsBackProps, "timeout">;
const of = apiQuery("pods back", missing);
const missingOn = ({ node, ...access }: Key): Query<readonly string[] | Unreachable> => of(access, node);

/** Waits until a node is Ready, and every pod of a DaemonSet on it. Never a change. */
export const podsBack = defineResource({
  kind: "pods back",
  label: ({ node }: PodsBackProps) => node,
  needs: (p) => ({ missing: missingOn(p) }),
  diff: ({ missing: found }: { readonly missing: readonly string[] | Unreachable }) =>
    Array.isArray(found) && found.length === 0 ? [] : [{ what: "in service", before: false, after: true }],
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) =>
        useApi(p, { progress, stopping }, async (api) => {
          for (const end = Date.now() + p.timeout * 1000; ;) {
            const found = await missing(api, p.node);
            if (found.length === 0) return;
            const said = found.join(", ");
            if (Date.now() > end)
              throw new TaskError(
                `${p.node} is not back in service after ${String(p.timeout)} s: ${said}. See npm run kubectl -- describe; if it is only slow, raise component_patience`,
              );
            progress(said);
            if (!(await sleepUnless(stopping, 1000))) throw new TaskError(`the run was stopped: ${said}`);
          }
        }),
    },
  ],
  forecast: () => ({ missing: [] as readonly string[] }),
  waits: true,
});
