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

/** How every host's proxy looks after its list of API servers. */
export const proxyCheckVariables = {
  kube_nginx_check_interval: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 60,
    description:
      "Seconds between two checks of each host whether the apiservers are ready. One that is not gets no new connections: at once if it says so or does not listen, after two checks of up to 3 s if it does not answer.",
  }),
};

/**
 * Seconds for which an API server must be ready before another one restarts: a proxy takes it back into its list after
 * two checks, each of which may wait for a server that is off. With two servers, there would be none in the list.
 */
export const backInProxies = ({
  kube_nginx_check_interval: interval,
}: {
  readonly kube_nginx_check_interval: number;
}): number => Math.max(steadyFor, 2 * Math.max(interval, 3) + 2);

/** One host first, then as many at once as the variable says. */
export const oneThenMore = ({ rolling_batch: size }: { readonly rolling_batch: string }): Serial => [
  1,
  size.endsWith("%") ? `${Number.parseInt(size, 10)}%` : Number(size),
];
