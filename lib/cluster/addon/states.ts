import { Type } from "typebox";

/** Whether an addon is installed; absent removes it with all its objects. */
const state = (what: string, more = "", usual: "present" | "absent" = "present") =>
  Type.Enum(["present", "absent"], {
    default: usual,
    description: `Whether ${what} is installed; absent removes it${more}.`,
  });

/** One for each addon. The programs, charts and images of present addons are fetched too. */
export const addonStates = {
  storage_state: state("the provisioner of volumes on the nodes' disks", ", but the volumes stay"),
  metrics_server_state: state("Metrics Server"),
  // Absent by default: it needs users with passwords, which only a person can choose.
  registry_state: state("the registry", ", but its images stay on their node. It requires registry_users", "absent"),
  logging_state: state("logging", ", but the logs stay on their node"),
  dashboard_state: state("the dashboard"),
  kube_prometheus_state: state(
    "kube-prometheus",
    ", with its CustomResourceDefinitions and all objects of their kinds, including those of others",
  ),
};
