import { Type } from "typebox";

/** The address of every host's own cache; no host of a network has it. */
export const cacheAddress = "169.254.20.10";

export const nodeLocalVariables = {
  node_local_dns: Type.Boolean({
    default: false,
    description:
      "Whether every node has a DNS cache, which its pods ask before the cluster's Service. Running pods keep their settings.",
  }),
};
