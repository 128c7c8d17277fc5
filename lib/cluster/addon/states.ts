import { Type } from "typebox";

/** Whether an addon is there; absent takes it away with all that it made. */
const state = (what: string, more = "", usual: "present" | "absent" = "present") =>
  Type.Enum(["present", "absent"], {
    default: usual,
    description: `Whether ${what} is there; absent takes it away${more}.`,
  });

/** One for each addon. What is present gets its programs, charts and images too. */
export const addonStates = {
  metrics_server_state: state("Metrics Server"),
  // It has users with passwords, and nobody but a person can say them.
  registry_state: state("the registry, which wants registry_users", "; the images stay on their node", "absent"),
  logging_state: state("logging", "; the logs stay on their node"),
  dashboard_state: state("the dashboard"),
  kube_prometheus_state: state(
    "kube-prometheus",
    ", and with the kinds that it brought all their objects, whoever made them",
  ),
};
