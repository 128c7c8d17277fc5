import type { Inventory } from "kubeplay";
import type { ApiAccess } from "kubeplay/kubernetes";
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
