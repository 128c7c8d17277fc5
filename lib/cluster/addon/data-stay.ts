import { defineQuery, defineResource, TaskError, type WaitOptions } from "kubeplay";
import { type ApiAccess, refusal } from "kubeplay/kubernetes";
import { accessIn, askApi } from "#kubernetes/api/kubernetes-api.ts";
import { folderOf, type Folder, type Tied } from "./volume.ts";

export interface DataStayProps extends ApiAccess {
  /** Prefix of its variables: registry_node, registry_path, registry_state. */
  readonly addon: string;
  /** API path of the workload whose pod has the data. */
  readonly workload: string;
  readonly folder: Folder;
}

interface Workload {
  readonly spec?: { readonly template?: { readonly spec?: Tied } };
}
type Asked = ApiAccess & Pick<DataStayProps, "workload">;

/** The folder of a workload in the cluster; undefined if there is no such workload, or no API yet. */
async function look(asked: Asked, wait?: WaitOptions): Promise<Folder | undefined> {
  const found = await askApi(asked, wait, async (api) => {
    const answer = await api.ask("GET", asked.workload);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusal(`${asked.workload} cannot be read`, answer);
    return folderOf((answer.body as Workload).spec?.template?.spec ?? {});
  });
  return found && "why" in found ? undefined : found;
}

const folderInUse = defineQuery<Folder | undefined>({
  kind: "folder in use",
  volatile: true,
  get: async (keys, wait) =>
    new Map(await Promise.all(keys.map(async (key) => [key, await look(JSON.parse(key) as Asked, wait)] as const))),
});

/** Fails if an addon would start in another folder and leave the data of the running one behind. */
export const dataStay = defineResource({
  kind: "data",
  label: ({ folder }: DataStayProps) => `${folder.node}:${folder.path}`,
  needs: ({ workload, ...access }) => ({ folder: folderInUse(JSON.stringify({ ...accessIn(access), workload })) }),
  diff: ({ folder: now }: { readonly folder: Folder | undefined }, { addon, folder }) => {
    const differing = (["node", "path"] as const).filter((part) => now !== undefined && now[part] !== folder[part]);
    if (now === undefined || differing.length === 0) return [];
    const variables = differing.map((part) => `${addon}_${part}: ${now[part]}`).join(" and ");
    throw new TaskError(
      `the data of ${addon} is in ${now.node}:${now.path}, but ${folder.node}:${folder.path} is configured: the data would ` +
        `be left behind. Set ${variables} to keep it where it is. To use the new folder, remove the addon first ` +
        `(-e ${addon}_state=absent), copy the data you want to keep, and run again`,
    );
  },
  apply: () => [],
  forecast: () => ({}),
});
