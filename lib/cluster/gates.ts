import { Type } from "typebox";
import type { Serial } from "kubeplay";

/**
 * Seconds for which a component must have been up after a restart before the next host restarts its own: a component
 * that exits soon after its start answers for a moment, too.
 */
export const steadyFor = 10;

export const rollingVariables = {
  rolling_batch: Type.String({
    pattern: "^[1-9][0-9]*%?$",
    default: "25%",
    description:
      "How many hosts change a program that their pods or their way to the API depend on at the same time, as a number or a percentage: kubelet, kube-proxy, containerd, kube-nginx. A first host does so alone, and after a failure no further host begins. Masters always change their control plane one by one.",
  }),
};

/** One host first, then as many at once as the variable says. */
export const oneThenMore = ({ rolling_batch: size }: { readonly rolling_batch: string }): Serial => [
  1,
  size.endsWith("%") ? `${Number.parseInt(size, 10)}%` : Number(size),
];
