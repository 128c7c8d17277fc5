import { setTimeout as sleep } from "node:timers/promises";
import { defineQuery, defineResource, TaskError, type WaitOptions } from "kubeplay";
import { type Api, type ApiAccess, kubernetesApi, refusal, useApi } from "kubeplay/kubernetes";
import { podTroubles, type ListedPod, type Trouble } from "./pod-troubles.ts";
import { lists, unfinished, type Listed } from "./unfinished.ts";

export interface ReadinessProps extends ApiAccess {
  /** The nodes that must be there and Ready. */
  readonly nodes: readonly string[];
  /** Waits for the nodes only. */
  readonly nodesOnly?: boolean;
  /** Seconds after which the wait fails if nothing more has become ready. */
  readonly timeout: number;
  /**
   * Milliseconds for which everything must stay complete; 3000 by default. The workloads of a restarted host appear
   * complete for a moment, before they start again.
   */
  readonly holding?: number;
}

/** Names everything that is not ready yet. Rejects if the API does not list it. */
async function ask(api: Api, { nodes, nodesOnly }: ReadinessProps): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(nodesOnly ? { nodes: lists.nodes } : lists).map(async ([name, path]) => {
      const answer = await api.ask("GET", path);
      // The API does not have this kind.
      if (answer.status === 404) return [name, []] as const;
      if (answer.status !== 200) throw refusal(`${path} cannot be listed`, answer);
      return [name, (answer.body as { readonly items: readonly Listed[] }).items] as const;
    }),
  );
  return unfinished(Object.fromEntries(found), nodes);
}

interface Missing {
  readonly what: readonly string[];
  /** Absent if the API did not answer. */
  readonly count?: number;
}

async function missing(api: Api, p: ReadinessProps): Promise<Missing> {
  try {
    const what = await ask(api, p);
    return { what, count: what.length };
  } catch (error) {
    if (error instanceof TaskError) return { what: [`the API: ${error.message}`] };
    throw error;
  }
}

/** Why pods of unfinished workloads do not start; empty if the API does not list them now. */
async function troublesOf(api: Api, what: readonly string[]): Promise<readonly Trouble[]> {
  if (what.every((one) => one.startsWith("node "))) return [];
  try {
    const answer = await api.ask("GET", "/api/v1/pods");
    return answer.status === 200 ? podTroubles((answer.body as { items: readonly ListedPod[] }).items, what) : [];
  } catch (error) {
    if (error instanceof TaskError) return [];
    throw error;
  }
}

/** Undefined if there is no kubeconfig yet. */
async function look(p: ReadinessProps, wait?: WaitOptions): Promise<readonly string[] | undefined> {
  const api = await kubernetesApi(p);
  return api?.during(wait, async () => (await missing(api, p)).what);
}

const readinessOf = defineQuery<readonly string[] | undefined>({
  kind: "cluster readiness",
  get: async (keys, wait) =>
    new Map(
      await Promise.all(keys.map(async (key) => [key, await look(JSON.parse(key) as ReadinessProps, wait)] as const)),
    ),
  volatile: true,
});

/** Milliseconds between two looks at the pods: all pods of a cluster are a long list. */
const looksEvery = 2000;

/** The maximum number of names in a progress line. */
const shown = 4;
const short = (names: readonly string[]): string =>
  names.slice(0, shown).join(", ") + (names.length > shown ? ` and ${names.length - shown} more` : "");

/** Waits until every node is Ready and all objects of sets are complete. Never a change. */
export const readiness = defineResource({
  kind: "readiness",
  label: (p: ReadinessProps) => `${p.nodes.length} nodes${p.nodesOnly ? "" : " and their workloads"}`,
  needs: (p) => ({ missing: readinessOf(JSON.stringify(p)) }),
  diff: ({ missing }) => (missing?.length === 0 ? [] : [{ what: "not ready", before: missing, after: [] }]),
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) => {
        const wait = { progress, stopping };
        return useApi(p, wait, (api) => complete(api, p, wait));
      },
    },
  ],
  forecast: () => ({ missing: [] }),
  waits: true,
});

async function complete(api: Api, p: ReadinessProps, { progress, stopping }: WaitOptions): Promise<void> {
  let since: number | undefined;
  let fewest = Infinity;
  let looked = Date.now();
  let troubles: readonly Trouble[] = [];
  for (let end = Date.now() + p.timeout * 1000; ;) {
    const { what, count = Infinity } = await missing(api, p);
    if (count === 0) {
      since ??= Date.now();
      if (Date.now() - since >= (p.holding ?? 3000)) return;
    } else {
      since = undefined;
      if (Date.now() - looked >= looksEvery) {
        troubles = await troublesOf(api, what);
        looked = Date.now();
      }
      const reasons = troubles.map(({ text }) => `\n${text}`).join("");
      const said = `not ready: ${what.join(", ")}${reasons}`;
      if (troubles.some(({ final }) => final))
        throw new TaskError(
          `an image cannot be pulled, ${said}\nIs it in the registry under this name, and is the mirror right (containerd_mirrors)?`,
        );
      if (count < fewest) {
        fewest = count;
        end = Date.now() + p.timeout * 1000;
      }
      if (Date.now() > end)
        throw new TaskError(
          `nothing more became ready for ${p.timeout} s, ${said}: see npm run kubectl -- describe. ` +
            "If the cluster is only slow, raise cluster_ready_timeout",
        );
      if (stopping()) throw new TaskError(`the run was stopped while it waited: ${said}`);
      progress(`not ready: ${short(what)}${short(troubles.map(({ text }) => `; ${text}`))}`);
    }
    await sleep(250);
  }
}
