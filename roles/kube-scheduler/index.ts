import { defineRole, template } from "kubeplay";
import { extraFlags, withExtraFlags } from "#cluster/component-flags.ts";
import { controlPlaneVariables, openPaths } from "#cluster/control-plane.ts";
import {
  electedComponent,
  electedVariables,
  hostKubeconfig,
  hostPki,
  noElectedComponent,
} from "#cluster/elected-component.ts";
import { leaderElectionFlags } from "#cluster/leader-election.ts";

const kubeconfig = hostKubeconfig("scheduler");
const config = "/etc/kubernetes/scheduler.yaml";

export const kubeScheduler = defineRole({
  name: "kube-scheduler",
  folder: import.meta.dirname,
  description: "The scheduler on every master, one of which leads.",
  vars: {
    ...electedVariables,
    kube_scheduler_bind_address: controlPlaneVariables.kube_scheduler_bind_address,
    kube_scheduler_extra_flags: extraFlags,
  },
  undo: ({ vars }) => noElectedComponent("kube-scheduler", vars.bin_dir),
  tasks: (context) => {
    const { vars } = context;
    const flags = withExtraFlags(
      {
        config,
        "bind-address": vars.kube_scheduler_bind_address,
        "secure-port": String(vars.kube_scheduler_secure_port),
        ...openPaths(vars.kube_scheduler_bind_address),
        "tls-cert-file": `${hostPki}/kube-scheduler.crt`,
        "tls-private-key-file": `${hostPki}/kube-scheduler.key`,
        "tls-min-version": "VersionTLS12",
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "client-ca-file": `${hostPki}/ca-bundle.crt`,
        "requestheader-client-ca-file": `${hostPki}/front-proxy-ca.crt`,
        // The file's enableProfiling takes effect; benchmarks look for the flag.
        profiling: "false",
        // They take precedence over the file.
        ...leaderElectionFlags(vars),
      },
      "kube_scheduler_extra_flags",
      vars.kube_scheduler_extra_flags,
    );
    return electedComponent(context, {
      name: "kube-scheduler",
      user: "scheduler",
      bindAddress: vars.kube_scheduler_bind_address,
      port: vars.kube_scheduler_secure_port,
      flags,
      configuration: [
        template("Write its configuration", {
          src: "config.yaml.hbs",
          dest: config,
          mode: 0o600,
          values: { kubeconfig },
        }),
      ],
    });
  },
});
