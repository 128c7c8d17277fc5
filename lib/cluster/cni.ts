import { Type } from "typebox";

/** The network plugins, each with its configuration file for the container runtime. */
export const networkFiles = { cilium: "05-cilium.conflist", bridge: "10-bridge.conflist" } as const;
export type Cni = keyof typeof networkFiles;
export const networksFolder = "/etc/cni/net.d";

const plugins: Cni[] = ["cilium", "bridge"];

export const cniVariables = {
  cni: Type.Enum(plugins, {
    default: "cilium",
    description:
      "The pods' network plugin: cilium, or bridge for plain CNI plugins with routes between the hosts. It cannot be changed later.",
  }),
  kube_proxy_replacement: Type.Boolean({
    default: false,
    description: "Whether Cilium forwards the traffic to Services instead of kube-proxy. For cni cilium.",
  }),
  cilium_hubble_relay: Type.Boolean({
    default: false,
    description: "Whether Hubble's relay shows the flows of all nodes in one place; the agents listen for it with TLS.",
  }),
  cilium_l7_proxy: Type.Boolean({
    default: true,
    description:
      "Whether Envoy on every host enforces network policies for HTTP and similar protocols. kubeplay cannot build its image.",
  }),
  cilium_envoy_image: Type.String({
    default:
      "quay.io/cilium/cilium-envoy:v1.36.9-1786864149-07e8503ff34b9190d7bbe4e57d4e185c4ef8b1de@sha256:beccdf3c119f299cf696885188584bbd0531d74bca08096113207999aff95e87",
    pattern: "^[^/@]+/[^:@]+:[^:@/]+(@sha256:[0-9a-f]{64})?$",
    description:
      "The image of Envoy that the chart of cilium_version names: copied to images_registry and into a bundle if cilium_l7_proxy is true.",
  }),
};
