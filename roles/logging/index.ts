import { Type } from "typebox";
import { defineRole } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonStates } from "#cluster/addon/states.ts";
import { addonVariables, servingVariables } from "#cluster/addon/variables.ts";
import { claimOf, claimVariables, hasClaims } from "#cluster/addon/claims.ts";
import { placeFor } from "#cluster/addon/data-place.ts";
import { unrestricted } from "#cluster/pod-security.ts";
import { keptByReset } from "#cluster/reset.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { cniVariables } from "#cluster/cni.ts";
import { collector, collectorFolder } from "./collector.ts";
import { claim, fromNodes, server, serverUrl, storedNames, workload } from "./server.ts";

const namespace = "logging";
/** Without a claim. */
const usualFolder = "/var/lib/kubeplay-logs";

export const logging = defineRole({
  name: "logging",
  description:
    "The logs of every container, searchable by namespace, pod and text: VictoriaLogs, and vlagent on every node to collect them.",
  vars: {
    ...addonVariables,
    ...claimVariables,
    cluster_domain: servingVariables.cluster_domain,
    cni: cniVariables.cni,
    victoria_logs_version: versionVariables.victoria_logs_version,
    logging_state: addonStates.logging_state,
    logging_image: Type.String({
      default: "docker.io/victoriametrics/victoria-logs",
      description: "The server's image, without the tag.",
    }),
    logging_collector_image: Type.String({
      default: "docker.io/victoriametrics/vlagent",
      description: "The collector's image, without the tag.",
    }),
    logging_node: Type.String({
      default: "",
      description:
        "The node that stores the logs. If empty, the scheduler chooses one for a claim, and the first that is no master has the folder.",
    }),
    logging_path: Type.String({
      default: "",
      pattern: "^(/.+)?$",
      description: `The folder of that node in which the logs are, instead of a claim. If empty, a claim, or ${usualFolder} on a cluster without storage for claims. Logs that are in a folder stay there.`,
    }),
    logging_retention: Type.String({
      default: "30d",
      pattern: "^[0-9]+[dwy]$",
      description: "How long logs are kept: 30d, 4w, 1y.",
    }),
    logging_size: Type.String({
      default: "10Gi",
      pattern: "^[0-9]+[KMGT]i$",
      description:
        "The maximum size of the stored logs, and the size of a new claim; the oldest logs are deleted first.",
    }),
    reset_keep_logs: keptByReset.reset_keep_logs,
  },
  // On each node, of which one has the logs.
  undo: ({ vars }) => [
    ...(vars.reset_keep_logs
      ? []
      : [
          noLeftovers("Remove the stored logs", {
            folder: vars.logging_path === "" ? usualFolder : vars.logging_path,
            names: storedNames,
          }),
        ]),
    noLeftovers("Remove the state of the collector", { folder: collectorFolder, names: ["*"] }),
  ],
  tasks: ({ vars, inventory }) => {
    const access = accessOf(vars, inventory);
    const hasCilium = vars.cni === "cilium";
    if (vars.logging_state === "absent")
      return [
        ...(hasCilium
          ? [manifests("Remove the nodes' access", { ...access, set: "logging-nodes", state: "absent" })]
          : []),
        manifests("Remove its objects", { ...access, set: "logging", state: "absent" }),
      ];
    const tag = `v${vars.victoria_logs_version}`;
    const place = placeFor(
      "Find the place of the logs",
      {
        ...{ access, addon: "logging", workload: workload(namespace), namespace },
        ...{ node: vars.logging_node, path: vars.logging_path, claim, claims: hasClaims(vars), folder: usualFolder },
      },
      inventory,
    );
    const objects = place.output.map(({ place: at }) => [
      // The agents read the logs in a folder of their node.
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: unrestricted } },
      ...server({
        namespace,
        image: `${vars.logging_image}:${tag}`,
        retention: vars.logging_retention,
        size: `${vars.logging_size}B`,
        place: at,
      }),
      ...collector(
        { namespace, image: `${vars.logging_collector_image}:${tag}` },
        serverUrl(namespace, vars.cluster_domain),
      ),
    ]);
    return [
      place,
      manifests("Apply its objects", { ...access, set: "logging", objects }),
      claimOf(place.output, { access, namespace, size: vars.logging_size, storageClass: vars.addon_storage_class }),
      // Cilium installs the kind of this object, and may have just started.
      ...(hasCilium
        ? [
            manifests("Allow the nodes' access", {
              ...access,
              set: "logging-nodes",
              objects: [fromNodes(namespace)],
            }).retry({ attempts: 60, delay: 5 }),
          ]
        : []),
    ];
  },
});
