import type { Values } from "kubeplay";
import type { nodeVariables } from "./node-variables.ts";

type Extra = Values<typeof nodeVariables>["kubelet_extra_config"];

/** The addresses in KubeletConfiguration that mean all interfaces. */
const everywhere = ["", "0.0.0.0", "::"];

/** Where a host reaches its own kubelet: Kubernetes' defaults, unless kubelet_extra_config sets address or port. */
export function kubeletServer({ address, port }: Extra): { readonly host: string; readonly port: number } {
  const bound = typeof address === "string" && !everywhere.includes(address);
  return { host: bound ? address : "127.0.0.1", port: typeof port === "number" ? port : 10250 };
}
