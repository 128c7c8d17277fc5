import { defineRole } from "kubeplay";
import { manifestFiles, manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { hasClaims } from "#cluster/addon/claims.ts";
import { metricsApi, metricsApiSet, withoutApi } from "#cluster/addon/metrics-api.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { isLoopback } from "#cluster/control-plane.ts";
import { nodesOf } from "#cluster/members.ts";
import { checkAlertmanagerConfig, withAlertmanagerConfig } from "./alertmanager.ts";
import { withoutAlerts } from "./alerts.ts";
import { certificateRules, ciliumMonitors, etcdMonitor, kubeProxyMonitor } from "./control-plane.ts";
import { withIntervals } from "./intervals.ts";
import { proxiesOn, proxyAccount, throughProxy, type LocalProgram } from "./local-metrics.ts";
import { endpoints } from "./on-hosts.ts";
import {
  adapterFiles,
  adapterPatches,
  evaluationPatches,
  except,
  imagePatches,
  namespacePatch,
  replicaPatches,
} from "./patches.ts";
import { claimPatches } from "./storage.ts";
import { kubePrometheusVariables } from "./variables.ts";

const name = "kube-prometheus";

export const kubePrometheus = defineRole({
  name,
  description:
    "Metrics, alerts and dashboards: kube-prometheus's own manifests with patches as data, and monitors of the control plane on its hosts.",
  vars: kubePrometheusVariables,
  tasks: ({ vars, inventory }) => {
    const access = accessOf(vars, inventory);
    const state = vars.kube_prometheus_state;
    if (state === "absent") return [manifests("Remove its objects", { ...access, set: name, state })];
    const config = vars.kube_prometheus_alertmanager_config;
    checkAlertmanagerConfig(config);
    const onMasters = inventory.group("masters").map(({ address }) => address);
    const onNodes = nodesOf(inventory).map(({ address }) => address);
    const elected = [
      {
        ...{
          name: "kube-controller-manager",
          port: vars.kube_controller_manager_secure_port,
          scheme: "https" as const,
        },
        isLocal: isLoopback(vars.kube_controller_manager_bind_address),
      },
      {
        ...{ name: "kube-scheduler", port: vars.kube_scheduler_secure_port, scheme: "https" as const },
        isLocal: isLoopback(vars.kube_scheduler_bind_address),
      },
    ];
    const localOnMasters = elected.filter(({ isLocal }) => isLocal);
    const localOnNodes: readonly LocalProgram[] = vars.kube_proxy_replacement
      ? []
      : [{ name: "kube-proxy", port: 10249, scheme: "http" }];
    const onHosts = [
      ...elected.map((one) => (one.isLocal ? throughProxy(one, onMasters) : { ...one, addresses: onMasters })),
      { name: "etcd", port: vars.etcd_metrics_port, scheme: "http" as const, addresses: onMasters },
      ...localOnNodes.map((one) => throughProxy(one, onNodes)),
    ];
    const hasAdapter = vars.metrics_server_state === "absent";
    const upstream = manifestFiles("Read its manifests", {
      archive: `kube-prometheus-manifests@${vars.kube_prometheus_version}/${ownArchitecture}`,
      paths: ["kube-prometheus/manifests/setup/*.yaml", "kube-prometheus/manifests/*.yaml"],
      except: [...except, ...(hasAdapter ? [] : [adapterFiles])],
      patches: [
        namespacePatch,
        ...imagePatches({
          alertmanager: vars.alertmanager_version,
          kubeRbacProxy: vars.kube_rbac_proxy_version,
          kubeStateMetrics: vars.kube_state_metrics_version,
          nodeExporter: vars.node_exporter_version,
          prometheus: vars.prometheus_version,
          operator: vars.prometheus_operator_version,
          grafana: vars.grafana_version,
        }),
        ...evaluationPatches(vars.kube_prometheus_evaluation_interval),
        ...replicaPatches({
          prometheus: vars.kube_prometheus_replicas,
          alertmanager: vars.kube_prometheus_alertmanager_replicas,
        }),
        ...(hasClaims(vars)
          ? claimPatches({
              prometheus: vars.kube_prometheus_size,
              alertmanager: vars.kube_prometheus_alertmanager_size,
              storageClass: vars.addon_storage_class,
              retention: vars.kube_prometheus_retention,
            })
          : []),
        ...(hasAdapter
          ? adapterPatches({
              version: vars.prometheus_adapter_version,
              replicas: vars.kube_prometheus_adapter_replicas,
            })
          : []),
      ],
      beside: [
        ...onHosts.flatMap(endpoints),
        ...(localOnMasters.length + localOnNodes.length > 0 ? proxyAccount : []),
        ...proxiesOn("masters", vars.kube_rbac_proxy_version, localOnMasters),
        ...proxiesOn("nodes", vars.kube_rbac_proxy_version, localOnNodes),
        ...(vars.kube_proxy_replacement ? [] : [kubeProxyMonitor]),
        ...(vars.cni === "cilium" ? ciliumMonitors : []),
        ...etcdMonitor,
        certificateRules(vars.pki_warn_before_days),
      ],
    });
    const interval = vars.kube_prometheus_scrape_interval;
    const objects = upstream.output
      .map(withoutApi)
      .map((found) => (interval === null ? found : withIntervals(found, interval)))
      .map((found) => withoutAlerts(found, vars.kube_prometheus_alerts_without))
      // Not among the patches: their result is cached, and this configuration is secret.
      .map((found) => withAlertmanagerConfig(found, config));
    const api = upstream.output.map(metricsApi);
    return [
      upstream,
      manifests("Apply its objects", { ...access, set: name, objects }),
      ...(hasAdapter
        ? [manifests("Apply the metrics API of its adapter", { ...access, set: metricsApiSet, objects: api })]
        : []),
    ];
  },
});
