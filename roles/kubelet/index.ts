import { isIP } from "node:net";
import {
  binary,
  block,
  defineRole,
  directory,
  file,
  flushHandlers,
  handler,
  nthAddress,
  quote,
  restart,
  service,
  unit,
  wait,
} from "kubeplay";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { copyPublic } from "#cluster/copied-files.ts";
import { bothFamilies, ipv6Of } from "#cluster/dual-stack.ts";
import { kubeletServer } from "#cluster/kubelet-server.ts";
import { cacheAddress } from "#cluster/node-local.ts";
import { execArguments } from "#cluster/component-flags.ts";
import { oneThenMore, steadyFor } from "#cluster/gates.ts";
import { apiserversOf, nodesOf } from "#cluster/members.ts";
import { caBundle, issuerBundle, kubeconfigPath } from "#cluster/paths.ts";
import { keptByReset } from "#cluster/reset.ts";
import { resolvConf } from "#cluster/resolv-conf.ts";
import { programIn } from "#cluster/staging.ts";
import { weights } from "#cluster/weights.ts";
import { bootstrapToken, clientCertificate, joined, noBootstrapToken, type Joining } from "./bootstrap.ts";
import { kubeletConfiguration } from "./configuration.ts";
import { kubeletKubeconfig } from "./kubeconfig.ts";
import { registration } from "./registration.ts";
import { kubeletFlags } from "./flags.ts";
import { configurationCheck, inService } from "./health.ts";
import { kubeletUndo } from "./undo.ts";
import { kubeletVariables } from "./variables.ts";

export { nodeLabels } from "./node-labels.ts";

const folder = "/etc/kubernetes";
const clientCaFile = `${folder}/pki/ca-bundle.crt`;
const controlPlane = "node-role.kubernetes.io/control-plane";

/**
 * A shell condition: the kubelet has registered the Node of this name. A Node that something else made lacks the label.
 * The request uses the node's own certificate.
 */
const registered = (server: string, node: string): string =>
  `curl -fsS --max-time 15 --cacert ${clientCaFile} --cert ${clientCertificate} ` +
  `${quote(`${server}/api/v1/nodes/${node}`)} | grep -q '"kubernetes.io/hostname":'`;

export const kubelet = defineRole({
  name: "kubelet",
  folder: import.meta.dirname,
  description: "Makes a host a node: the kubelet joins with its own token, gets its certificates and runs pods.",
  vars: { ...kubeletVariables, reset_keep_logs: keptByReset.reset_keep_logs },
  undo: ({ vars }) => kubeletUndo({ binDir: vars.bin_dir, keepLogs: vars.reset_keep_logs }),
  tasks: ({ vars, host, inventory, facts }) => {
    const cluster = vars.cluster_name;
    const timeout = vars.component_patience;
    // A master runs all pods if there are no other nodes, or if it is in the group nodes too.
    const others = nodesOf(inventory).some(({ groups }) => !groups.includes("masters"));
    const { groups } = host;
    const tainted = vars.kubelet_master_taint && others && groups.includes("masters") && !groups.includes("nodes");
    const binDir = vars.bin_dir;
    const joining: Joining = {
      cluster,
      node: host.name,
      server: `https://127.0.0.1:${vars.kube_nginx_port}`,
      bootstrapKubeconfig: `${folder}/bootstrap.kubeconfig`,
      trusted: clientCaFile,
      issuers: issuerBundle(cluster),
      adminKubeconfig: kubeconfigPath(cluster, "super-admin"),
      servers: apiserversOf(inventory, vars.kube_apiserver_port),
      kubeadm: `kubeadm@${vars.kubernetes_version}/${ownArchitecture}`,
      patience: vars.kube_api_patience,
      warnBeforeDays: vars.pki_warn_before_days,
    };
    const kubeconfig = {
      path: `${folder}/kubelet.kubeconfig`,
      server: joining.server,
      ca: clientCaFile,
      certificate: clientCertificate,
      key: clientCertificate,
    };
    const configuration = kubeletConfiguration(
      {
        // While the cache is replaced, and after it is removed, pods fall back to the Service.
        clusterDns: [...(vars.node_local_dns ? [cacheAddress] : []), nthAddress(vars.service_cidr, 10)],
        clusterDomain: vars.cluster_domain,
        clientCaFile,
        resolvConf: resolvConf(facts),
        cgroupDriver: vars.kubelet_cgroup_driver,
        failCgroupV1: vars.kubelet_fail_cgroup_v1,
        failSwapOn: vars.kubelet_fail_swap_on,
        seccompDefault: vars.kubelet_seccomp_default,
        maxPods: vars.kubelet_max_pods,
        podPidsLimit: vars.kubelet_pod_pids_limit,
        taints: tainted ? [{ key: controlPlane, effect: "NoSchedule" }] : [],
        extra: vars.kubelet_extra_config,
      },
      host.name,
    );
    const again = handler(
      "Restart the kubelet",
      restart("Restart the kubelet", { name: "kubelet", timeout }),
      wait("Wait until it is healthy and stays up", {
        what: "the kubelet is healthy, and its node is Ready",
        units: ["kubelet"],
        steady: steadyFor,
        until: inService({
          server: joining.server,
          trusted: clientCaFile,
          node: host.name,
          extra: vars.kubelet_extra_config,
        }),
        timeout,
      }),
    );
    const arguments_ = execArguments(
      kubeletFlags({
        config: `${folder}/kubelet.json`,
        kubeconfig: kubeconfig.path,
        bootstrapKubeconfig: joining.bootstrapKubeconfig,
        housekeepingInterval: vars.kubelet_housekeeping_interval,
        node: host.name,
        nodeIp: isIP(host.address) ? bothFamilies(host.address, ipv6Of(vars)) : undefined,
      }),
    );
    const configured = block(
      "Configure and start the kubelet",
      directory("Create the configuration's directory", { path: folder, mode: 0o755 }),
      directory("Create the certificates' directory", { path: `${folder}/pki`, mode: 0o755 }),
      directory("Create the kubelet's data directory", { path: "/var/lib/kubelet", mode: 0o750 }),
      binary(
        "Install the kubelet",
        programIn("kubelet", { version: vars.kubernetes_version, architecture: facts.architecture, binDir }),
      ).notify(again),
      copyPublic("the cluster's CAs", caBundle(cluster), clientCaFile).notify(again),
      file("Write its configuration", {
        dest: `${folder}/kubelet.json`,
        mode: 0o600,
        content: configuration,
        validate: configurationCheck(`${binDir}/kubelet`),
      }).notify(again),
      kubeletKubeconfig("Write its kubeconfig", kubeconfig).notify(again),
      unit("Write its unit", {
        name: "kubelet.service",
        mode: 0o600,
        src: "kubelet.service.hbs",
        values: {
          binDir,
          processors: vars.go_processors,
          weight: weights.kubelet,
          arguments: arguments_,
        },
      }).notify(again),
      bootstrapToken("Create a bootstrap token", joining).notify(again),
      // It is ready only once it has its certificate.
      service("Start it now and at boot", { name: "kubelet", enabled: true, state: "started", noBlock: true }),
      flushHandlers(),
    ).inTurn({ unit: "kubelet", serial: oneThenMore(vars) });
    return [
      configured,
      wait("Wait until it has its certificate", {
        what: "the kubelet has its client certificate (if not, journalctl -u kubelet-approver on the masters says why)",
        until: joined(clientCaFile),
        timeout,
      }),
      noBootstrapToken("Remove the bootstrap token", joining),
      // Not earlier: without a certificate, the kubelet exits and systemd restarts it.
      wait("Wait until it accepts connections", { until: kubeletServer(vars.kubelet_extra_config), timeout }).when(
        vars.kubelet_extra_config.enableServer !== false,
      ),
      registration("Wait until its node is registered", {
        node: host.name,
        registered: registered(joining.server, host.name),
        timeout,
      }),
    ];
  },
});
