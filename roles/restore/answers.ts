import { Type } from "typebox";
import { debug, defineQuery, defineResource, defineRole, TaskError, type WaitOptions } from "kubeplay";
import { type ApiAccess, kubernetesApi } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { listAll } from "#kubernetes/api/list-all.ts";

/** Secrets are among them: they can be read only with the keys with which they were written. */
const kinds = {
  namespaces: "/api/v1/namespaces",
  nodes: "/api/v1/nodes",
  secrets: "/api/v1/secrets",
  configmaps: "/api/v1/configmaps",
  deployments: "/apis/apps/v1/deployments",
  pods: "/api/v1/pods",
} as const;

type Counts = Readonly<Record<string, number>>;

async function count(access: ApiAccess, wait?: WaitOptions): Promise<Counts | undefined> {
  const api = await kubernetesApi(access);
  return api?.during(wait, async () => {
    const found = await Promise.all(
      Object.entries(kinds).map(async ([name, path]) => [name, (await listAll(api, path)).length] as const),
    );
    return Object.fromEntries(found);
  });
}

const countsOf = defineQuery<Counts | undefined>({
  kind: "counts of objects",
  get: async (keys, wait) =>
    new Map(
      await Promise.all(keys.map(async (key) => [key, await count(JSON.parse(key) as ApiAccess, wait)] as const)),
    ),
  volatile: true,
});

/** Reads all objects of the usual kinds; its output is their number: "9 namespaces, 41 secrets". Never a change. */
const objects = defineResource({
  kind: "restored objects",
  label: ({ kubeconfig }: ApiAccess) => kubeconfig,
  needs: (p) => ({ counts: countsOf(JSON.stringify(p)) }),
  diff: ({ counts }) => {
    if (counts?.namespaces === 0) throw new TaskError("the API answers, but it has no namespace: nothing was restored");
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: ({ counts }): string =>
    Object.entries(counts ?? {})
      .map(([name, number]) => `${String(number)} ${name}`)
      .join(", "),
  reads: true,
});

export const restoredAnswers = defineRole({
  name: "restored-answers",
  folder: import.meta.dirname,
  description: "Reads the objects of a restored cluster through its API, and says how many there are.",
  vars: {
    ...addonVariables,
    backup: Type.String({
      default: "",
      description:
        "The backup that the playbooks restore and drill take: a folder, `s3://bucket/folder/NAME` or `user@host:/folder/NAME`; only with -e.",
    }),
  },
  tasks: ({ vars, inventory }) => {
    const found = objects("Read the restored objects", accessOf(vars, inventory));
    return [
      found,
      debug("Say what was restored", { message: found.output.map((text) => `${vars.backup} has ${text}`) }),
    ];
  },
});
