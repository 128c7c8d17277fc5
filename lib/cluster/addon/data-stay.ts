import { defineQuery, defineResource, TaskError, type WaitOptions } from "kubeplay";
import { type ApiAccess, refusal } from "kubeplay/kubernetes";
import { accessIn, askApi } from "#kubernetes/api/kubernetes-api.ts";
import { folderOf, type Folder, type Tied } from "./volume.ts";

export interface DataStayProps extends ApiAccess {
  /** Begins the names of its variables: registry_node, registry_path, registry_state. */
  readonly addon: string;
  /** Where the API has the workload whose pod has the data. */
  readonly workload: string;
  readonly folder: Folder;
}

interface Workload {
  readonly spec?: { readonly template?: { readonly spec?: Tied } };
}
type Asked = ApiAccess & Pick<DataStayProps, "workload">;

/** The folder that a workload in the cluster has; undefined where there is none, or no API yet. */
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

/** An error where an addon would begin anew in another folder, and leave the data of the one that runs behind. */
export const dataStay = defineResource({
  kind: "data",
  label: ({ folder }: DataStayProps) => `${folder.node}:${folder.path}`,
  needs: ({ workload, ...access }) => ({ folder: folderInUse(JSON.stringify({ ...accessIn(access), workload })) }),
  diff: ({ folder: now }: { readonly folder: Folder | undefined }, { addon, folder }) => {
    const differing = (["node", "path"] as const).filter((part) => now !== undefined && now[part] !== folder[part]);
    if (now === undefined || differing.length === 0) return [];
    const variables = differing.map((part) => `${addon}_${part}: ${now[part]}`).join(" and ");
    throw new TaskError(
      `the data of ${addon} lie in ${now.node}:${now.path}, and ${folder.node}:${folder.path} is wanted: they would be ` +
        `left behind. Set ${variables} to leave them where they are. To have others, take it away first ` +
        `(-e ${addon}_state=absent), copy what you want to keep, and run again`,
    );
  },
  apply: () => [],
  forecast: () => ({}),
});
