import { parseKubeconfig, type KubeconfigSummary } from "./format.ts";
import { defineQuery } from "#engine/queries/define.ts";
import { readEach, readText, understood, type Unusable } from "#engine/queries/read-file.ts";

/** A kubeconfig on the controller, with only the public half of the user's key. */
export type KubeconfigState =
  Unusable | { readonly type: "kubeconfig"; readonly kubeconfig: KubeconfigSummary; readonly mode: number };

export const kubeconfigFile = defineQuery<KubeconfigState>({
  kind: "kubeconfig file",
  get: (paths) =>
    readEach(paths, async (path) =>
      understood(await readText(path), (text, mode): KubeconfigState => ({
        type: "kubeconfig",
        kubeconfig: parseKubeconfig(text),
        mode,
      })),
    ),
});
