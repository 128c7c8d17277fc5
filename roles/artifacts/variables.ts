import { Type } from "typebox";
import { architectures, catalogue } from "./catalogue.ts";

const version = (value: string, of: string) =>
  Type.String({
    default: value,
    pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+\\S*$",
    description: `Version of ${of}, without a "v".`,
  });

export const versionVariables = {
  kubernetes_version: version("1.37.2", "Kubernetes' programs"),
  etcd_version: version("3.7.3", "etcd"),
  containerd_version: version("2.4.2", "containerd, its shim and ctr"),
  cni_plugins_version: version("1.9.1", "the plain CNI plugins"),
  coredns_version: version("1.14.6", "CoreDNS"),
  registry_version: version("3.1.2", "the image registry (distribution)"),
  crictl_version: version("1.36.0", "crictl"),
  crane_version: version("0.22.1", "crane, which makes and pushes images"),
  pause_version: version("3.10.2", "the program that holds a pod's namespaces"),
  agnhost_image_version: version("2.66.1", "the image that Kubernetes' test program comes in"),
};

export const artifactVariables = {
  ...versionVariables,
  artifact_source: Type.Enum(["auto", "upstream", "build", "directory"], {
    default: "auto",
    description: "Where binaries come from; auto is upstream if it answers within 3 s, else build.",
  }),
  artifact_directory: Type.String({
    default: "",
    description:
      "For artifact_source directory: a folder with <name>-<version>-linux-<arch> or <name>, and SHA256SUMS.",
  }),
  artifact_upstream_url: Type.String({
    default: "",
    description: "A mirror of all releases: <url>/github.com/…, <url>/dl.k8s.io/… with the paths that they have there.",
  }),
  artifact_upstream_urls: Type.Record(Type.String(), Type.String(), {
    default: {},
    description: "Mirrors by component: what stands in the place of the official scheme and host.",
  }),
  artifact_components: Type.Array(Type.Enum(catalogue.map(({ name }) => name)), {
    default: [],
    description: "What to get, of the catalogue's components; what the inventory's hosts run where empty.",
  }),
  artifact_architectures: Type.Array(Type.Enum([...architectures]), {
    default: [],
    description:
      "The hosts' architectures; the controller's own where empty. What runs on the controller comes for its own anyway.",
  }),
  artifact_verify: Type.Boolean({
    default: false,
    description: "Hash everything in the cache again, instead of believing sizes.",
  }),
};
