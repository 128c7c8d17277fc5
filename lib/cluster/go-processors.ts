import { Type } from "typebox";

export const goVariables = {
  go_processors: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
    default: null,
    description:
      "How many processors each of the cluster's programs on a host uses at a time (GOMAXPROCS, for they are written in Go); null for all that the host has. With fewer than those, a program that is woken often wakes nothing else.",
  }),
};

/** A line of a [Service], or none. Pods do not inherit it. */
export const goEnvironment = ({ go_processors: count }: { readonly go_processors: number | null }): string =>
  count === null ? "" : `Environment=GOMAXPROCS=${count}\n`;
