import { Type } from "typebox";

export const goVariables = {
  go_processors: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
    default: null,
    description:
      "How many processors each of the cluster's Go programs on a host uses at a time (GOMAXPROCS); null for all processors of the host. With fewer, a program that wakes often does not wake the others.",
  }),
};
