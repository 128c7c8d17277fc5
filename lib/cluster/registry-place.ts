import { Type } from "typebox";
import { addonStates } from "./addon/states.ts";
import { addonVariables } from "./addon/variables.ts";

/** What its nodes have to know too. */
export const registryPlace = {
  cluster_name: addonVariables.cluster_name,
  registry_state: addonStates.registry_state,
  registry_node: Type.String({
    default: "",
    description: "The node that runs the registry and keeps its images; the first that is no master where empty.",
  }),
  registry_port: Type.Integer({
    format: "port",
    default: 5443,
    description: "Where it answers on that node, https only: images are called <the node's address>:<port>/….",
  }),
};
