import { Type } from "typebox";
import { defineRole, directory, file, kernelModule, packages, service, sysctl, template, unit } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { aptEnvironment, aptVariables } from "#cluster/apt-environment.ts";
import { cniVariables, networkFiles, networksFolder } from "#cluster/cni.ts";
import { podSubnetVariables } from "#cluster/node-variables.ts";
import { packagesFor } from "#cluster/packages.ts";
import { apiserversOf, nodesOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { clusterVariables, programVariables } from "#cluster/variables.ts";
import { cniPlugins } from "#cluster/cni-plugins.ts";
import { noChains } from "#cluster/undo/chains.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noNetwork } from "#cluster/undo/networks.ts";
import { noFiles, noTimer } from "#cluster/undo/programs.ts";
import { podSubnets } from "#cluster/pod-subnets.ts";
import { formerRoutes, keptRoutes, type PodRoute } from "./kept-routes.ts";
import { noPodNetwork, podRoutes, protocol, ruleOf, table } from "./pod-routes.ts";

const plugins = ["bridge", "host-local", "loopback", "portmap"];
/** Without them, replies between pods of one bridge bypass connection tracking, and those of a Service never arrive. */
const parameters = ["net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables"];
const sysctlFile = "90-kubeplay-cni-bridge";
const programIn = (binDir: string): string => `${binDir}/kubeplay-routes`;
const networkd = "/etc/systemd/networkd.conf.d";

export const cniBridge = defineRole({
  name: "cni-bridge",
  folder: import.meta.dirname,
  description: "Pod networking by plain CNI plugins: a bridge on each host, and routes between the hosts.",
  vars: {
    cni: cniVariables.cni,
    cluster_name: clusterVariables.cluster_name,
    kube_apiserver_port: clusterVariables.kube_apiserver_port,
    ...programVariables,
    ...aptVariables,
    cni_plugins_version: versionVariables.cni_plugins_version,
    cni_bridge_modules: Type.Array(Type.String(), {
      default: ["br_netfilter"],
      description:
        "Kernel modules that pass bridged packets through the packet filter; empty if they are built into the kernel.",
    }),
    ...podSubnetVariables,
  },
  undo: ({ vars }) => {
    if (vars.cni !== "bridge") return [];
    return [
      service("Do not set the routes at boot", { name: "kubeplay-routes", enabled: false }),
      ...noTimer("kubeplay-routes"),
      noPodNetwork(),
      noChains("Remove the chains of its plugins", ["CNI-"]),
      ...noFiles(
        programIn(vars.bin_dir),
        `/etc/sysctl.d/${sysctlFile}.conf`,
        ...vars.cni_bridge_modules.map((name) => `/etc/modules-load.d/${name}.conf`),
      ),
      noLeftovers("Remove systemd-networkd's setting", { folder: networkd, names: ["90-kubeplay.conf"] }),
      ...noNetwork([networkFiles.bridge], plugins),
    ];
  },
  tasks: ({ vars, varsOf, host, inventory, facts }) => {
    if (vars.cni !== "bridge") return [];
    const claims = nodesOf(inventory).map((each) => ({ host: each, chosen: varsOf(each).pod_subnet }));
    const subnets = podSubnets(vars.pod_cidr, vars.pod_subnet_prefix, claims);
    const own = subnets.find((each) => each.host === host.name)?.subnet ?? "";
    const program = programIn(vars.bin_dir);
    const network = { subnet: own, podCidr: vars.pod_cidr };
    // Nodes that have left the inventory keep their routes until they leave the cluster: their pods still run.
    const former = formerRoutes("Look for routes to other nodes", { program, subnets });
    const kept = keptRoutes("Keep those to nodes of the cluster", {
      former: former.output,
      hosts: subnets.map((each) => each.host),
      cluster: {
        kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
        servers: apiserversOf(inventory, vars.kube_apiserver_port),
      },
    });
    const routesWith = (others: readonly PodRoute[]) => [
      ...subnets.filter((each) => each.host !== host.name),
      ...others,
    ];
    return [
      packages("Install the packet filter's tools", { names: packagesFor["cni-bridge"] }).environment(
        aptEnvironment({ vars, inventory }),
      ),
      ...vars.cni_bridge_modules.map((name) => kernelModule(`Load ${name}`, { name })),
      ...parameters.map((name) => sysctl(`Set ${name}`, { name, value: 1, file: sysctlFile })),
      ...cniPlugins(plugins, { version: vars.cni_plugins_version, architecture: facts.architecture }),
      directory("Make the directory of systemd-networkd's settings", { path: networkd, mode: 0o755 }),
      file("Configure systemd-networkd to keep the routes", {
        dest: `${networkd}/90-kubeplay.conf`,
        src: "networkd.conf",
      }),
      former,
      kept,
      template("Write the program that sets the routes", {
        src: "kubeplay-routes.hbs",
        dest: program,
        mode: 0o755,
        values: kept.output.map((others) => ({ routes: routesWith(others), protocol, table, rule: ruleOf(network) })),
      }),
      unit("Write its unit", {
        name: "kubeplay-routes.service",
        src: "kubeplay-routes.service.hbs",
        values: { program },
      }),
      unit("Write its timer", { name: "kubeplay-routes.timer", src: "kubeplay-routes.timer.hbs" }),
      podRoutes("Set the routes", { ...network, program, routes: kept.output.map(routesWith) }),
      service("Set the routes at boot", { name: "kubeplay-routes", enabled: true }),
      service("Restore missing routes periodically", {
        name: "kubeplay-routes.timer",
        enabled: true,
        state: "started",
      }),
      directory("Make the networks' directory", { path: networksFolder, mode: 0o755 }),
      template("Write the configuration of the pod network", {
        src: "10-bridge.conflist.hbs",
        dest: `${networksFolder}/${networkFiles.bridge}`,
        values: { subnet: own },
        mode: 0o600,
      }),
    ];
  },
});
