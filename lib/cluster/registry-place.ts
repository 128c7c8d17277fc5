import { Type } from "typebox";
import { addonStates } from "./addon/states.ts";
import { addonVariables } from "./addon/variables.ts";

/** The registry's variables that nodes read too. */
export const registryPlace = {
  cluster_name: addonVariables.cluster_name,
  registry_state: addonStates.registry_state,
  registry_node: Type.String({
    default: "",
    description: "The node that runs the registry and keeps its images; if empty, the first node that is not a master.",
  }),
  registry_port: Type.Integer({
    format: "port",
    default: 5443,
    description: "The registry's port on that node, https only. Images are named <the node's address>:<port>/….",
  }),
};
