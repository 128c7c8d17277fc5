import { Type } from "typebox";
import { defineRole } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonStates } from "#cluster/addon/states.ts";
import { addonVariables, servingVariables } from "#cluster/addon/variables.ts";
import { dataStay } from "#cluster/addon/data-stay.ts";
import { nodeFor } from "#cluster/addon/volume.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { cniVariables } from "#cluster/cni.ts";
import { collector } from "./collector.ts";
import { fromNodes, server, serverUrl, workload } from "./server.ts";

const namespace = "logging";

export const logging = defineRole({
  name: "logging",
  description:
    "What every container writes, found by namespace, pod and text: VictoriaLogs, and vlagent on every node to bring it there.",
  vars: {
    ...addonVariables,
    cluster_domain: servingVariables.cluster_domain,
    cni: cniVariables.cni,
    victoria_logs_version: versionVariables.victoria_logs_version,
    logging_state: addonStates.logging_state,
    logging_image: Type.String({
      default: "docker.io/victoriametrics/victoria-logs",
      description: "Where the server's image comes from, without the tag.",
    }),
    logging_collector_image: Type.String({
      default: "docker.io/victoriametrics/vlagent",
      description: "Where the collector's image comes from, without the tag.",
    }),
    logging_node: Type.String({
      default: "",
      description: "The node that keeps the logs; the first that is no master where empty.",
    }),
    logging_path: Type.String({
      format: "absolute-path",
      default: "/var/lib/kubeplay-logs",
      description: "Where that node keeps them.",
    }),
    logging_retention: Type.String({
      default: "30d",
      pattern: "^[0-9]+[dwy]$",
      description: "How long they are kept: 30d, 4w, 1y.",
    }),
    logging_size: Type.String({
      default: "10Gi",
      pattern: "^[0-9]+[KMGT]i$",
      description: "How much of them is kept at most; the oldest go first.",
    }),
  },
  tasks: ({ vars, inventory }) => {
    const access = accessOf(vars, inventory);
    const hasCilium = vars.cni === "cilium";
    if (vars.logging_state === "absent")
      return [
        ...(hasCilium
          ? [manifests("Close it to the nodes", { ...access, set: "logging-nodes", state: "absent" })]
          : []),
        manifests("Take it away", { ...access, set: "logging", state: "absent" }),
      ];
    const tag = `v${vars.victoria_logs_version}`;
    const folder = { node: nodeFor("logging_node", vars.logging_node, inventory), path: vars.logging_path };
    const objects = [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      ...server({
        namespace,
        image: `${vars.logging_image}:${tag}`,
        retention: vars.logging_retention,
        size: `${vars.logging_size}B`,
        folder,
      }),
      ...collector(
        { namespace, image: `${vars.logging_collector_image}:${tag}` },
        serverUrl(namespace, vars.cluster_domain),
      ),
    ];
    return [
      dataStay("See that the logs stay where they are", {
        ...access,
        addon: "logging",
        workload: workload(namespace),
        folder,
      }),
      manifests("Apply its objects", { ...access, set: "logging", objects }),
      // Its kind is Cilium's to bring, which may have begun a moment ago.
      ...(hasCilium
        ? [
            manifests("Open it to the nodes", {
              ...access,
              set: "logging-nodes",
              objects: [fromNodes(namespace)],
            }).retry({ attempts: 60, delay: 5 }),
          ]
        : []),
    ];
  },
});
