import { Type } from "typebox";
import { defineRole } from "kubeplay";
import { chart, manifests, merged } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonStates } from "#cluster/addon/states.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { cniPlugins } from "#cluster/cni-plugins.ts";
import { cniVariables } from "#cluster/cni.ts";
import { imageSourceVariables } from "#cluster/image-variables.ts";
import { mayBeMadeHere } from "#cluster/images-from.ts";
import { nodesOf } from "#cluster/members.ts";
import { podSubnetVariables } from "#cluster/node-variables.ts";
import { clusterVariables, pkiVariables } from "#cluster/variables.ts";
import { hubbleCertificates } from "./hubble.ts";
import { ciliumUndo } from "./undo.ts";
import { ciliumValues, type HubbleTexts } from "./values.ts";

export const ciliumPlugins = defineRole({
  name: "cni-cilium-plugins",
  description: "The plain plugin for host ports, if Cilium does not replace kube-proxy.",
  vars: { ...cniVariables, cni_plugins_version: versionVariables.cni_plugins_version },
  undo: ({ vars }) => (vars.cni === "cilium" ? ciliumUndo() : []),
  tasks: ({ vars, facts }) =>
    vars.cni === "cilium" && !vars.kube_proxy_replacement
      ? cniPlugins(["portmap"], { version: vars.cni_plugins_version, architecture: facts.architecture })
      : [],
}).tagged("cni-cilium");

export const cniCilium = defineRole({
  name: "cni-cilium",
  description: "Pod networking by Cilium, from its own chart: addresses from pod_cidr, VXLAN between the hosts.",
  vars: {
    ...cniVariables,
    ...pkiVariables,
    ...addonVariables,
    ...imageSourceVariables,
    pod_cidr: clusterVariables.pod_cidr,
    pod_cidr_v6: clusterVariables.pod_cidr_v6,
    kube_nginx_port: clusterVariables.kube_nginx_port,
    kube_prometheus_state: addonStates.kube_prometheus_state,
    pod_subnet_prefix: podSubnetVariables.pod_subnet_prefix,
    kubernetes_version: versionVariables.kubernetes_version,
    helm_version: versionVariables.helm_version,
    cilium_version: versionVariables.cilium_version,
    cilium_privileged: Type.Boolean({
      default: false,
      description:
        "Whether agents get all capabilities of their host instead of those that the chart names, for hosts that lack one of these.",
    }),
    cilium_extra_values: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description:
        "Values of Cilium's chart, merged into kubeplay's. Settings of its ConfigMap for which the chart has no value go into extraConfig.",
    }),
    cilium_map_size_ratio: Type.Number({
      default: 0.0025,
      exclusiveMinimum: 0,
      maximum: 1,
      description: "The share of a host's memory that Cilium's connection tables may take.",
    }),
  },
  tasks: ({ vars, inventory, varsOf }) => {
    if (vars.cni !== "cilium") return [];
    // As in the role images, the variables of the first master decide.
    const [first] = inventory.group("masters");
    const options = {
      clusterName: vars.cluster_name,
      podCidr: vars.pod_cidr,
      podCidr6: vars.pod_cidr_v6,
      subnetPrefix: vars.pod_subnet_prefix,
      apiserver: { host: "127.0.0.1", port: vars.kube_nginx_port },
      nodes: nodesOf(inventory).length,
      kubeProxyReplacement: vars.kube_proxy_replacement,
      l7Proxy: vars.cilium_l7_proxy,
      privileged: vars.cilium_privileged,
      metrics: vars.kube_prometheus_state === "present",
      mapSizeRatio: vars.cilium_map_size_ratio,
      imagesMadeHere: mayBeMadeHere(first ? varsOf(first) : vars, inventory),
    };
    const valuesWith = (texts?: HubbleTexts) =>
      merged(ciliumValues(options, texts), vars.cilium_extra_values) as object;
    const hubble = vars.cilium_hubble_relay ? hubbleCertificates(vars) : undefined;
    const rendered = chart("Render its chart", {
      chart: `cilium-chart@${vars.cilium_version}/${ownArchitecture}`,
      helm: `helm@${vars.helm_version}/${ownArchitecture}`,
      release: "cilium",
      namespace: "kube-system",
      kubeVersion: vars.kubernetes_version,
      values: hubble?.found.map(valuesWith) ?? valuesWith(),
    });
    return [
      ...(hubble?.tasks ?? []),
      rendered,
      manifests("Apply its objects", { ...accessOf(vars, inventory), set: "cilium", objects: rendered.output }),
    ];
  },
});
