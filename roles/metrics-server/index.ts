import { Type } from "typebox";
import { defineRole, keyPathOf } from "kubeplay";
import { chart, manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { certificatePath, servingCertificate } from "#cluster/addon/certificate.ts";
import { metricsApi, metricsApiSet, withoutApi } from "#cluster/addon/metrics-api.ts";
import { addonStates } from "#cluster/addon/states.ts";
import { texts } from "#cluster/addon/texts.ts";
import { addonVariables, servingVariables } from "#cluster/addon/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { nodesOf } from "#cluster/members.ts";
import { caBundle, trustBundle } from "#cluster/paths.ts";
import { beside, name, namespace, textsFrom, values } from "./values.ts";

export const metricsServer = defineRole({
  name,
  description:
    "CPU and memory of pods and nodes for kubectl top and autoscalers: Metrics Server's chart, which verifies the kubelets' certificates.",
  vars: {
    ...addonVariables,
    ...servingVariables,
    kubernetes_version: versionVariables.kubernetes_version,
    helm_version: versionVariables.helm_version,
    metrics_server_version: versionVariables.metrics_server_version,
    metrics_server_state: addonStates.metrics_server_state,
    kube_prometheus_state: addonStates.kube_prometheus_state,
    metrics_server_image: Type.String({
      default: "registry.k8s.io/metrics-server/metrics-server",
      description: "Its image, without the tag.",
    }),
    metrics_server_resolution: Type.Integer({
      default: 15,
      minimum: 10,
      description: "Seconds between two scrapes of every node; kubectl top and autoscalers see values of this age.",
    }),
    metrics_server_replicas: Type.Integer({
      default: 2,
      minimum: 1,
      description: "The number of pods, each on its own host; never more than there are hosts.",
    }),
  },
  tasks: ({ vars, inventory }) => {
    const access = accessOf(vars, inventory);
    const state = vars.metrics_server_state;
    const certificate = servingCertificate(vars, { service: name, namespace, state });
    if (state === "absent")
      return [
        // If kube-prometheus is present, its adapter takes over the API.
        ...(vars.kube_prometheus_state === "absent"
          ? [manifests("Remove its API", { ...access, set: metricsApiSet, state })]
          : []),
        manifests("Remove its objects", { ...access, set: name, state }),
        certificate,
      ];
    const pem = texts("Read its certificate and the kubelets' CAs", {
      files: {
        authority: trustBundle(vars.cluster_name, "kubernetes-ca"),
        certificate: certificatePath(vars.cluster_name, name),
        key: keyPathOf(certificatePath(vars.cluster_name, name)),
        kubelets: caBundle(vars.cluster_name),
      },
    });
    const options = {
      image: vars.metrics_server_image,
      version: vars.metrics_server_version,
      resolution: vars.metrics_server_resolution,
      replicas: Math.min(vars.metrics_server_replicas, nodesOf(inventory).length),
    };
    const rendered = chart("Render its chart", {
      chart: `metrics-server-chart@${vars.metrics_server_version}/${ownArchitecture}`,
      helm: `helm@${vars.helm_version}/${ownArchitecture}`,
      release: name,
      namespace,
      kubeVersion: vars.kubernetes_version,
      values: pem.output.map((found) => values(options, textsFrom(found))),
      beside: pem.output.map((found) => beside(textsFrom(found))),
    });
    return [
      certificate,
      pem,
      rendered,
      manifests("Apply its objects", { ...access, set: name, objects: rendered.output.map(withoutApi) }),
      manifests("Register its API", { ...access, set: metricsApiSet, objects: rendered.output.map(metricsApi) }),
    ];
  },
});
