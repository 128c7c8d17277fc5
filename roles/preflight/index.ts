import { Type } from "typebox";
import { defineRole, type Values } from "#lib/dsl/index.ts";
import { TaskError } from "#lib/errors.ts";
import { probe } from "#lib/queries/probe.ts";
import { defineResource } from "#lib/resources/index.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";
import { checks, problemsOf } from "./checks.ts";

/** Fails with everything that is wrong; never changes anything. */
const fitness = defineResource({
  kind: "preflight",
  label: (p: { readonly host: string; readonly problems: readonly string[] }) => p.host,
  needs: () => ({ answers: probe("true") }),
  diff: (_now, { problems }) => {
    if (problems.length > 0)
      throw new TaskError(`${problems.join("\n  ")}\nA check is skipped by its name: -e '{"preflight_ignore": ["…"]}'`);
    return [];
  },
  apply: () => [],
  forecast: () => ({ answers: true }),
});

type Cluster = Values<typeof clusterVariables>;
/** What certificates, kubeconfigs and the cluster's own objects are made by, on the controller. */
const shared: readonly (keyof Cluster)[] = [
  "cluster_name",
  "cluster_domain",
  "service_cidr",
  "pod_cidr",
  "kube_apiserver_port",
  "kube_nginx_port",
];
const differing = (here: Cluster, there: Cluster): string[] => shared.filter((name) => here[name] !== there[name]);

export const preflight = defineRole({
  name: "preflight",
  description: "Looks whether every host can become what it shall be, before any of them is touched.",
  vars: {
    ...clusterVariables,
    preflight_ignore: Type.Array(Type.Enum(Object.keys(checks)), {
      default: [],
      description: "Checks that are skipped, by name.",
    }),
    preflight_swap_allowed: Type.Boolean({ default: false, description: "Whether swap may stay on." }),
    preflight_cgroup1_allowed: Type.Boolean({ default: false, description: "Whether cgroup v1 will do." }),
  },
  tasks: ({ vars, host, inventory, facts, varsOf }) => {
    const master = host.groups.includes("masters");
    const ports = [
      { port: 10250, program: "kubelet" },
      { port: vars.kube_nginx_port, program: "nginx" },
      ...(master
        ? [
            { port: vars.kube_apiserver_port, program: "kube-apiserver" },
            { port: vars.kube_controller_manager_secure_port, program: "kube-controller" },
            { port: vars.kube_scheduler_secure_port, program: "kube-scheduler" },
            { port: 2379, program: "etcd" },
            { port: 2380, program: "etcd" },
          ]
        : []),
    ];
    const checked = {
      host,
      facts,
      masters: inventory.group("masters"),
      serviceCidr: vars.service_cidr,
      podCidr: vars.pod_cidr,
      ports,
      differing: differing(vars, varsOf(inventory.host("localhost"))),
      swapAllowed: vars.preflight_swap_allowed,
      cgroup1Allowed: vars.preflight_cgroup1_allowed,
    };
    return [
      fitness("Check that it can be what it shall be", {
        host: host.name,
        problems: problemsOf(checked, vars.preflight_ignore),
      }),
    ];
  },
});
