import type { Values } from "kubeplay";
import type { nodeVariables } from "./node-variables.ts";

type Extra = Values<typeof nodeVariables>["kubelet_extra_config"];

/** Of all interfaces, in KubeletConfiguration's words. */
const everywhere = ["", "0.0.0.0", "::"];

/** Where the host itself finds its kubelet's server: Kubernetes' own defaults, unless kubelet_extra_config says otherwise. */
export function kubeletServer({ address, port }: Extra): { readonly host: string; readonly port: number } {
  const bound = typeof address === "string" && !everywhere.includes(address);
  return { host: bound ? address : "127.0.0.1", port: typeof port === "number" ? port : 10250 };
}
