import path from "node:path";
import { defineResource, defineRole, queries, TaskError } from "kubeplay";
import { kubeconfigPath } from "#cluster/paths.ts";
import { clusterVariables } from "#cluster/variables.ts";

interface Props {
  readonly cluster: string;
}

/** Fails if the controller has no cluster of this name: other playbooks than `site` do not make one. */
const clusterIsMade = defineResource({
  kind: "made cluster",
  label: (p: Props) => p.cluster,
  needs: (p) => ({ kubeconfig: queries.controllerFile(kubeconfigPath(p.cluster, "admin")) }),
  diff: ({ kubeconfig }, p) => {
    if (kubeconfig) return [];
    const file = path.relative(process.cwd(), kubeconfigPath(p.cluster, "admin"));
    throw new TaskError(`there is no cluster ${p.cluster} yet: ${file} is missing. Play site first, or check -i`);
  },
  apply: () => [],
  forecast: () => ({}),
});

export const madeCluster = defineRole({
  name: "made-cluster",
  description: "Checks that site has made this cluster, for playbooks that only maintain one.",
  vars: { cluster_name: clusterVariables.cluster_name },
  tasks: ({ vars }) => [clusterIsMade("Check that the cluster exists", { cluster: vars.cluster_name })],
});
