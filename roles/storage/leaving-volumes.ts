import { defineResource, prop } from "kubeplay";
import { folderState, type FolderState } from "#cluster/undo/leftovers.ts";

/** The claim of a folder that the provisioner made: pvc-<uid>_<namespace>_<name>. */
export function claimOf(folder: string): string | undefined {
  const [, namespace, name] = /^pvc-[0-9a-f-]{36}_([^_]+)_([^_]+)$/.exec(folder) ?? [];
  return namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`;
}

/** Names the claims whose data is in a folder of the host. Never a change. */
export const leavingVolumes = defineResource({
  kind: "volumes of a host",
  props: { folder: prop.text },
  label: ({ folder }: { readonly folder: string }) => folder,
  needs: ({ folder }) => ({ folder: folderState(folder) }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  warnings: ({ folder: now }: { readonly folder: FolderState }, { folder }) => {
    const claims = (now?.names ?? []).flatMap((name) => claimOf(name) ?? []);
    return claims.length === 0
      ? []
      : [`the data of these claims in ${folder} is removed: ${claims.join(", ")}. -e reset_keep_volumes=true keeps it`];
  },
});
