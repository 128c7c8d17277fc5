import { Type } from "typebox";
import { defineRole } from "#lib/dsl/index.ts";
import {
  binary,
  directory,
  handler,
  kernelModule,
  packages,
  restart,
  service,
  sysctl,
  template,
  unit,
} from "#lib/resources/index.ts";
import { versionVariables } from "#roles/artifacts/variables.ts";
import { nodesOf } from "#roles/cluster/members.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";
import { podSubnets } from "./pod-subnets.ts";
import { unitFile } from "./unit.ts";

const plugins = ["bridge", "host-local", "loopback", "portmap"];
/** Otherwise answers between two pods of one bridge would go past connection tracking, and a Service's never arrive. */
const parameters = { "net.ipv4.ip_forward": 1, "net.bridge.bridge-nf-call-iptables": 1 };

export const cniBridge = defineRole({
  name: "cni-bridge",
  description: "Pod networking by plain CNI plugins: a bridge on each host, and routes between the hosts.",
  vars: {
    pod_cidr: clusterVariables.pod_cidr,
    cni_plugins_version: versionVariables.cni_plugins_version,
    cni_bridge_modules: Type.Array(Type.String(), {
      default: ["br_netfilter"],
      description:
        "Kernel modules that pass bridged packets through the packet filter; none where it is part of the kernel.",
    }),
    pod_subnet: Type.Optional(
      Type.String({
        format: "cidr",
        description: "This host's part of pod_cidr, for its pods; chosen by its address where not set.",
      }),
    ),
    pod_subnet_prefix: Type.Integer({
      default: 24,
      minimum: 8,
      maximum: 30,
      description: "The length of the subnets that hosts get out of pod_cidr: /24 has room for 253 pods.",
    }),
  },
  tasks: ({ vars, varsOf, host, inventory, facts }) => {
    const again = handler("Set the routes again", restart("Set the routes again", { name: "kubeplay-routes" }));
    const claims = nodesOf(inventory).map((each) => ({ host: each, chosen: varsOf(each).pod_subnet }));
    const subnets = podSubnets(vars.pod_cidr, vars.pod_subnet_prefix, claims);
    const own = subnets.find((each) => each.host === host.name)?.subnet ?? "";
    const routes = subnets.filter((each) => each.host !== host.name);
    return [
      packages("Install what sets up packet filters", { names: ["nftables", "iptables"] }),
      ...vars.cni_bridge_modules.map((name) => kernelModule(`Load ${name}`, { name })),
      ...Object.entries(parameters).map(([name, value]) =>
        sysctl(`Set ${name}`, { name, value, file: "90-kubeplay-cni-bridge" }),
      ),
      directory("Make the plugins' directory", { path: "/opt/cni/bin", mode: 0o755 }),
      ...plugins.map((name) =>
        binary(`Install the plugin ${name}`, {
          artifact: name,
          version: vars.cni_plugins_version,
          architecture: facts.architecture,
          dest: `/opt/cni/bin/${name}`,
        }),
      ),
      template("Write the routes", {
        src: "kubeplay-routes.hbs",
        dest: "/usr/local/sbin/kubeplay-routes",
        mode: 0o755,
        values: { subnet: own, podCidr: vars.pod_cidr, routes },
      }).notify(again),
      unit("Write their unit", { name: "kubeplay-routes.service", content: unitFile }).notify(again),
      service("Set them now and at boot", { name: "kubeplay-routes", enabled: true, state: "started" }),
      directory("Make the networks' directory", { path: "/etc/cni/net.d", mode: 0o755 }),
      template("Write the pods' network", {
        src: "10-bridge.conflist.hbs",
        dest: "/etc/cni/net.d/10-bridge.conflist",
        values: { subnet: own },
        mode: 0o600,
      }),
    ];
  },
});
