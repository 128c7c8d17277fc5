import { Type } from "typebox";

/** Where every host's own cache answers: no host of a network has it. */
export const cacheAddress = "169.254.20.10";

export const nodeLocalVariables = {
  node_local_dns: Type.Boolean({
    default: false,
    description:
      "A cache of DNS on every node, which its pods ask before the cluster's Service; pods that run keep what they had.",
  }),
};
