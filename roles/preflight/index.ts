import { Type } from "typebox";
import { barrier, defineRole, type Host, register, type Values } from "kubeplay";
import { artifactVariables, versionVariables } from "#artifacts/catalogue/variables.ts";
import { hostArchitectures, ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { cniVariables } from "#cluster/cni.ts";
import { dualStackVariables } from "#cluster/dual-stack.ts";
import { kubeletServer } from "#cluster/kubelet-server.ts";
import { apiserversOf, nodesOf } from "#cluster/members.ts";
import { nodeLocalVariables } from "#cluster/node-local.ts";
import { nodeVariables, podSubnetVariables } from "#cluster/node-variables.ts";
import { keysKept } from "#cluster/encryption/on-host.ts";
import { encryptionPath, kubeconfigPath } from "#cluster/paths.ts";
import { endpoint } from "#cluster/urls.ts";
import { clusterVariables, etcdVariables, programVariables } from "#cluster/variables.ts";
import { replaceVariables } from "#cluster/replace.ts";
import { reportKey } from "#cluster/etcd-report.ts";
import { registryPlace } from "#cluster/registry-place.ts";
import { containerdVariables } from "#cluster/containerd-variables.ts";
import { rollbackVariables } from "#cluster/upgrade/upgraded.ts";
import { setVariables } from "#cluster/artifact-sets.ts";
import { imageSourceVariables } from "#cluster/image-variables.ts";
import { imagesAreMade, standInsFor } from "#cluster/images-from.ts";
import { proxyEnvironment } from "#cluster/proxy.ts";
import { aptEnvironment, aptVariables } from "#cluster/apt-environment.ts";
import { hostPackages } from "#cluster/host-packages.ts";
import { hostVariables } from "#cluster/host-variables.ts";
import { isMaster, isNode } from "./checked.ts";
import { checks } from "./checks.ts";
import { mastersFit, masterChecks } from "./master-checks.ts";
import { envoySources } from "./envoy.ts";
import { connectionsCheck } from "./between/connections.ts";
import { connectionTasks } from "./between/tasks.ts";
import { fitness, type HostReport } from "./fitness.ts";
import { imagesCheck, imageTasks } from "./images/tasks.ts";
import { packagesCheck, packageTasks } from "./packages/tasks.ts";
import { pulledBy } from "#cluster/pulls/pulled.ts";
import { portsOf } from "./ports.ts";

/** A field that is set in kubelet_extra_config overrides kubeplay's own value. */
const either = <T extends string | number | boolean>(field: unknown, own: T): T =>
  typeof field === typeof own ? (field as T) : own;

const ofController = { ...clusterVariables, ...cniVariables, ...nodeLocalVariables, ...registryPlace };
type Cluster = Values<typeof ofController>;
/** The variables with which the controller makes certificates, kubeconfigs and the cluster's own objects. */
const shared: readonly (keyof Cluster)[] = [
  "cluster_name",
  "cluster_domain",
  "service_cidr",
  "pod_cidr",
  "service_cidr_v6",
  "pod_cidr_v6",
  "kube_apiserver_port",
  "kube_nginx_port",
  "cni",
  "kube_proxy_replacement",
  "node_local_dns",
  "registry_state",
  "registry_node",
  "registry_port",
];
const differing = (here: Cluster, there: Cluster): string[] => shared.filter((name) => here[name] !== there[name]);

const reports = register<HostReport>("preflight's report");

export const preflight = defineRole({
  name: "preflight",
  description: "Checks that every host meets the requirements, before any host is changed.",
  vars: {
    ...ofController,
    artifact_architectures: artifactVariables.artifact_architectures,
    ...imageSourceVariables,
    ...setVariables,
    ...versionVariables,
    artifact_sets: artifactVariables.artifact_sets,
    containerd_mirrors: containerdVariables.containerd_mirrors,
    containerd_sandbox_image: containerdVariables.containerd_sandbox_image,
    cilium_envoy_image: cniVariables.cilium_envoy_image,
    bin_dir: programVariables.bin_dir,
    ...aptVariables,
    host_packages: hostVariables.host_packages,
    ...etcdVariables,
    ...nodeVariables,
    ...podSubnetVariables,
    ...dualStackVariables,
    ...replaceVariables,
    ...rollbackVariables,
    preflight_versions: Type.Enum(["kept", "upgraded"], {
      default: "kept",
      description: "Whether the versions of a running cluster must stay. The playbook upgrade sets upgraded.",
    }),
    preflight_ignore: Type.Array(
      Type.Enum([
        ...new Set([
          ...Object.keys(checks),
          ...Object.keys(masterChecks),
          connectionsCheck,
          packagesCheck,
          imagesCheck,
        ]),
      ]),
      {
        default: [],
        description: "The names of checks to skip.",
      },
    ),
  },
  tasks: ({ vars, varsOf, factsOf, host, inventory, facts }) => {
    const kubelet = vars.kubelet_extra_config;
    const controller = varsOf(inventory.host("localhost"));
    const [first] = inventory.group("masters");
    const nodes = nodesOf(inventory);
    const reached = nodes.filter((each) => factsOf(each) !== undefined);
    const versionOf = (each: Host): string => varsOf(each).kubernetes_version;
    const ports = {
      kubelet: kubeletServer(kubelet).port,
      kubeletHealth: either<number>(kubelet.healthzPort, 10248),
      nginx: vars.kube_nginx_port,
      apiserver: vars.kube_apiserver_port,
      controllerManager: vars.kube_controller_manager_secure_port,
      scheduler: vars.kube_scheduler_secure_port,
      etcdClient: vars.etcd_client_port,
      etcdPeer: vars.etcd_peer_port,
      etcdMetrics: vars.etcd_metrics_port,
    };
    const live = {
      kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
      servers: apiserversOf(inventory, vars.kube_apiserver_port),
    };
    return [
      fitness("Check that the host meets the requirements", {
        wanted: {
          cluster: vars.cluster_name,
          host,
          facts,
          architectures: hostArchitectures<string>(varsOf(first ?? host).artifact_architectures, ownArchitecture),
          masters: inventory.group("masters"),
          nodes: nodes.map(({ name }) => name),
          reached: reached.map(({ name }) => name),
          twins: inventory.hosts.filter(
            (other) => other.name !== host.name && factsOf(other)?.machineId === facts.machineId,
          ),
          serviceCidr: vars.service_cidr,
          podCidr: vars.pod_cidr,
          ipv6: {
            serviceCidr: vars.service_cidr_v6,
            podCidr: vars.pod_cidr_v6,
            address: vars.node_address_v6,
          },
          differing: differing(vars, controller),
          ports: portsOf(ports, { address: host.address, node: isNode({ host }), master: isMaster({ host }) }),
          kubelet: {
            cgroupDriver: either<string>(kubelet.cgroupDriver, vars.kubelet_cgroup_driver),
            maxPods: either<number>(kubelet.maxPods, vars.kubelet_max_pods),
            failSwapOn: either(kubelet.failSwapOn, vars.kubelet_fail_swap_on),
            failCgroupV1: either(kubelet.failCgroupV1, vars.kubelet_fail_cgroup_v1),
          },
          systemdCgroup: vars.containerd_systemd_cgroup,
          proxyMode: vars.kube_proxy_mode,
          cni: vars.cni,
          proxyReplaced: vars.kube_proxy_replacement,
          // The controller checks this, so one host is enough.
          envoySources: host.name === first?.name ? envoySources(vars, imagesAreMade(vars, inventory)) : undefined,
          standIns: host.name === first?.name ? standInsFor(vars, inventory) : [],
          etcd: { dataDir: vars.etcd_data_dir, peerPort: vars.etcd_peer_port },
          replace: vars.replace,
          bridge: {
            claims: nodes.map((each) => ({ host: each, chosen: varsOf(each).pod_subnet })),
            prefix: vars.pod_subnet_prefix,
          },
          versions: {
            mode: vars.preflight_versions === "upgraded" && vars.rollback ? "before" : vars.preflight_versions,
            masters: reached
              .filter((each) => isMaster({ host: each }))
              .map((each) => ({
                url: `https://${endpoint(each.address, vars.kube_apiserver_port)}`,
                version: versionOf(each),
              })),
            nodes: reached.map((each) => ({
              name: each.name,
              kubernetes: versionOf(each),
              containerd: varsOf(each).containerd_version,
            })),
            etcd: vars.etcd_version,
          },
          // The controller asks, so one host is enough.
          live: host.name === reached[0]?.name ? live : undefined,
        },
        ignored: vars.preflight_ignore,
      }).register(reports),
      barrier("Wait until every host has answered"),
      ...(isMaster({ host })
        ? [
            keysKept("Check that the controller has the keys of encryption at rest", {
              path: encryptionPath(vars.cluster_name),
              // Which replaces the master's file.
            }).tagged("kube-apiserver"),
            mastersFit("Check that the masters fit together", {
              masters: inventory.group("masters"),
              peerPort: vars.etcd_peer_port,
              dataDir: vars.etcd_data_dir,
              replace: vars.replace,
              ignored: vars.preflight_ignore,
              ...Object.fromEntries(
                inventory
                  .group("masters")
                  .map(({ name }) => [reportKey(name), reports.on(name).or(undefined)] as const),
              ),
            }).runOnce(),
          ]
        : []),
      ...connectionTasks({
        host: host.name,
        peers: inventory.hosts
          .filter((each) => each.name === host.name || factsOf(each) !== undefined)
          .map((each) => ({
            name: each.name,
            address: each.address,
            master: isMaster({ host: each }),
            kubelet: isNode({ host: each }) ? kubeletServer(varsOf(each).kubelet_extra_config).port : undefined,
          })),
        ports: vars,
        ignored: vars.preflight_ignore,
        isNew: (name) => reports.on(name).map((report): boolean | undefined => report.isNew),
      }),
      ...packageTasks({
        host: host.name,
        // A bundle brings its own, which no mirror must have.
        packages:
          vars.host_debian_packages !== "" || vars.preflight_ignore.includes(packagesCheck)
            ? []
            : hostPackages(vars, host, inventory),
        environment: aptEnvironment({ vars, inventory }),
      }),
      ...imageTasks({
        host: host.name,
        ctr: `${vars.bin_dir}/ctr`,
        cluster: live,
        images: vars.preflight_ignore.includes(imagesCheck) ? [] : pulledBy(first ? varsOf(first) : vars),
        mirrors: vars.containerd_mirrors,
        proxy: proxyEnvironment({ vars, inventory }),
      }),
    ];
  },
})
  // Whoever makes certificates must know whose cluster the hosts belong to.
  .tagged("pki");
