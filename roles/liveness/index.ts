import { Type } from "typebox";
import { defineRole, service, template, unit } from "kubeplay";
import { cniVariables } from "#cluster/cni.ts";
import { controlPlaneVariables, listenerOf } from "#cluster/control-plane.ts";
import { clusterVariables, etcdVariables, programVariables } from "#cluster/variables.ts";
import { noFiles, noTimer } from "#cluster/undo/programs.ts";
import { probes } from "./probes.ts";

/** Seconds after its start within which a component need not answer. */
const grace = 120;

export const liveness = defineRole({
  name: "liveness",
  folder: import.meta.dirname,
  description: "Kills components that run but do not answer, so that systemd starts them again.",
  vars: {
    ...clusterVariables,
    ...controlPlaneVariables,
    bin_dir: programVariables.bin_dir,
    etcd_metrics_port: etcdVariables.etcd_metrics_port,
    kube_proxy_replacement: cniVariables.kube_proxy_replacement,
    liveness_period: Type.Integer({
      default: 10,
      minimum: 1,
      description: "Seconds between two checks whether the components of a host answer.",
    }),
    liveness_failures: Type.Integer({
      default: 8,
      minimum: 1,
      description:
        "The number of checks in a row, of up to 15 s each, that a component must fail before it is killed and started again.",
    }),
  },
  undo: ({ vars }) => [...noTimer("kubeplay-liveness"), ...noFiles(`${vars.bin_dir}/kubeplay-liveness`)],
  tasks: ({ vars, host }) => {
    const program = `${vars.bin_dir}/kubeplay-liveness`;
    return [
      template("Write the check", {
        src: "kubeplay-liveness.hbs",
        dest: program,
        mode: 0o755,
        values: {
          failures: vars.liveness_failures,
          period: vars.liveness_period,
          grace,
          probes: probes({
            isMaster: host.groups.includes("masters"),
            hasKubeProxy: !vars.kube_proxy_replacement,
            address: host.address,
            etcdMetricsPort: vars.etcd_metrics_port,
            apiserverPort: vars.kube_apiserver_port,
            controllerManager: {
              address: listenerOf(vars.kube_controller_manager_bind_address),
              port: vars.kube_controller_manager_secure_port,
            },
            scheduler: {
              address: listenerOf(vars.kube_scheduler_bind_address),
              port: vars.kube_scheduler_secure_port,
            },
          }),
        },
        validate: "bash -n %s",
      }),
      unit("Write its unit", {
        name: "kubeplay-liveness.service",
        src: "kubeplay-liveness.service.hbs",
        values: { program },
      }),
      unit("Write its timer", {
        name: "kubeplay-liveness.timer",
        src: "kubeplay-liveness.timer.hbs",
        values: { period: vars.liveness_period },
      }),
      service("Start the timer now and at boot", {
        name: "kubeplay-liveness.timer",
        enabled: true,
        state: "started",
      }),
    ];
  },
});
