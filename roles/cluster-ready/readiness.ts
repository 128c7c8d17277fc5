import { setTimeout as sleep } from "node:timers/promises";
import { TaskError } from "#lib/errors.ts";
import { defineQuery } from "#lib/queries/define.ts";
import { kubernetesApi, noKubeconfig, type ApiAccess } from "#lib/queries/kubernetes-api.ts";
import { defineResource } from "#lib/resources/index.ts";
import { lists, unfinished, type Listed } from "./unfinished.ts";

export interface ReadinessProps extends ApiAccess {
  /** The nodes that must be there and Ready. */
  readonly nodes: readonly string[];
  /** Nothing but the nodes has to be ready. */
  readonly nodesOnly?: boolean;
  /** Seconds. */
  readonly timeout: number;
  /** Milliseconds for which all of it has to be complete; 3000 by default. What ran on a host that comes back is so for a moment, and then starts again. */
  readonly holding?: number;
}

/** What is not ready yet, in words; undefined where there is no kubeconfig yet. */
async function missing(p: ReadinessProps): Promise<readonly string[] | undefined> {
  const api = await kubernetesApi(p);
  if (!api) return undefined;
  try {
    const found = await Promise.all(
      Object.entries(p.nodesOnly ? { nodes: lists.nodes } : lists).map(async ([name, path]) => {
        const { status, body } = await api.ask("GET", path);
        // A kind that nobody brought.
        if (status === 404) return [name, []] as const;
        if (status !== 200) throw new TaskError(`${path}: ${String(status)}`);
        return [name, (body as { readonly items: readonly Listed[] }).items] as const;
      }),
    );
    return unfinished(Object.fromEntries(found), p.nodes);
  } catch (error) {
    if (error instanceof TaskError) return [`the API: ${error.message}`];
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

/** So many names have room in a line of progress. */
const shown = 4;
const short = (names: readonly string[]): string =>
  names.slice(0, shown).join(", ") + (names.length > shown ? ` and ${names.length - shown} more` : "");

/** Goes on when every node is Ready, and complete whatever is of a set of objects. Never a change. */
export const readiness = defineResource({
  kind: "readiness",
  label: (p: ReadinessProps) => `${p.nodes.length} nodes${p.nodesOnly ? "" : ", and what runs on them"}`,
  needs: (p) => ({ missing: readinessOf(JSON.stringify(p)) }),
  diff: ({ missing }) => (missing?.length === 0 ? [] : [{ what: "not ready", before: missing, after: [] }]),
  apply: (_found, _now, p) => [
    {
      onController: async (progress, stopping) => {
        let since: number | undefined;
        for (const end = Date.now() + p.timeout * 1000; ;) {
          const left = await missing(p);
          if (!left) throw new TaskError(noKubeconfig(p.kubeconfig));
          if (left.length === 0) {
            since ??= Date.now();
            if (Date.now() - since >= (p.holding ?? 3000)) return;
          } else {
            since = undefined;
            const said = `not ready: ${left.join(", ")}`;
            if (Date.now() > end) throw new TaskError(`after ${p.timeout} s ${said}: see npm run kubectl -- describe`);
            if (stopping()) throw new TaskError(`was still waited for when the run was stopped: ${said}`);
            progress(`not ready: ${short(left)}`);
          }
          await sleep(250);
        }
      },
    },
  ],
  forecast: () => ({ missing: [] }),
  waits: true,
});
