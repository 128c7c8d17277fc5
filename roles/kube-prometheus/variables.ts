import { Type } from "typebox";
import { addonStates } from "#cluster/addon/states.ts";
import { claimSize, claimVariables } from "#cluster/addon/claims.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { cniVariables } from "#cluster/cni.ts";
import { controlPlaneVariables } from "#cluster/control-plane.ts";
import { certificateWarning, clusterVariables, etcdVariables } from "#cluster/variables.ts";
import { alertmanagerConfig } from "./alertmanager.ts";

const { kube_prometheus_version, prometheus_version, prometheus_operator_version, alertmanager_version } =
  versionVariables;
const { node_exporter_version, kube_state_metrics_version, prometheus_adapter_version, kube_rbac_proxy_version } =
  versionVariables;
const { kube_controller_manager_secure_port, kube_scheduler_secure_port } = clusterVariables;

const count = (value: number, what: string, where = "") =>
  Type.Integer({ default: value, minimum: 1, description: `The number of pods of ${what}${where}.` });

export const kubePrometheusVariables = {
  ...addonVariables,
  ...claimVariables,
  ...{ kube_controller_manager_secure_port, kube_scheduler_secure_port },
  ...controlPlaneVariables,
  ...cniVariables,
  etcd_metrics_port: etcdVariables.etcd_metrics_port,
  ...{ kube_prometheus_version, prometheus_version, prometheus_operator_version, alertmanager_version },
  ...{ node_exporter_version, kube_state_metrics_version, prometheus_adapter_version, kube_rbac_proxy_version },
  grafana_version: versionVariables.grafana_version,
  kube_prometheus_state: addonStates.kube_prometheus_state,
  ...certificateWarning,
  metrics_server_state: addonStates.metrics_server_state,
  kube_prometheus_alerts_without: Type.Array(Type.String(), {
    default: [],
    description: "The names of alerts to leave out.",
  }),
  kube_prometheus_alertmanager_config: alertmanagerConfig,
  kube_prometheus_scrape_interval: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
    default: null,
    description:
      "The minimum number of seconds between two scrapes of a target; rules over shorter windows then use longer ones. null keeps upstream's 5 to 30 s.",
  }),
  kube_prometheus_evaluation_interval: Type.Integer({
    default: 30,
    minimum: 1,
    description: "Seconds between two evaluations of the rules.",
  }),
  kube_prometheus_replicas: count(2, "Prometheus"),
  kube_prometheus_alertmanager_replicas: count(3, "Alertmanager"),
  kube_prometheus_retention: Type.String({
    default: "10d",
    pattern: "^[0-9]+[hdwy]$",
    description:
      "How long Prometheus keeps metrics in its claim: 12h, 10d, 4w; the oldest go earlier if it gets full. Without a claim, upstream's 24 hours.",
  }),
  kube_prometheus_size: claimSize("10Gi", "The size of the claim of each Prometheus; four fifths are for metrics."),
  kube_prometheus_alertmanager_size: claimSize("1Gi", "The size of the claim of each Alertmanager."),
  kube_prometheus_adapter_replicas: count(2, "prometheus-adapter", ", if metrics_server_state is absent"),
};
