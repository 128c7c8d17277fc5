import { Type } from "typebox";

/** Who gives pods their network, and the file by which the container runtime knows it. */
export const networkFiles = { cilium: "05-cilium.conflist", bridge: "10-bridge.conflist" } as const;
export type Cni = keyof typeof networkFiles;
export const networksFolder = "/etc/cni/net.d";

const plugins: Cni[] = ["cilium", "bridge"];

export const cniVariables = {
  cni: Type.Enum(plugins, {
    default: "cilium",
    description:
      "Who gives pods their network: cilium, or plain CNI plugins with routes between the hosts. It cannot be changed later.",
  }),
  kube_proxy_replacement: Type.Boolean({
    default: false,
    description: "Cilium sends on what goes to Services, and there is no kube-proxy. For cni cilium.",
  }),
  cilium_hubble_relay: Type.Boolean({
    default: false,
    description: "Hubble's relay, for flows of all nodes in one place, and agents that listen for it with TLS.",
  }),
  cilium_l7_proxy: Type.Boolean({
    default: true,
    description:
      "Network policies for HTTP and the like, by Envoy on every host. Its image is one that kubeplay cannot make.",
  }),
};
