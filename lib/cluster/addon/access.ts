import type { Inventory } from "#engine/inventory/types.ts";
import type { ApiAccess } from "#kubernetes/api/kubernetes-api.ts";
import { apiserversOf } from "../members.ts";
import { kubeconfigPath } from "../paths.ts";

interface Vars {
  readonly cluster_name: string;
  readonly kube_apiserver_port: number;
  readonly kube_api_patience: number;
}

/** How the controller reaches the API: at any master that answers. */
export const accessOf = (vars: Vars, inventory: Inventory): ApiAccess => ({
  kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
  servers: apiserversOf(inventory, vars.kube_apiserver_port),
  patience: vars.kube_api_patience,
});
