import {
  binary,
  block,
  defineRole,
  directory,
  flushHandlers,
  restart,
  rollingHandler,
  service,
  template,
  unit,
  wait,
} from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { controlPlaneVariables, listenerOf } from "#cluster/control-plane.ts";
import { copyCertificate, copyPublic, copySecret } from "#cluster/copied-files.ts";
import { execArguments, extraFlags, flagCheck, withExtraFlags } from "#cluster/component-flags.ts";
import { steadyFor } from "#cluster/gates.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { leaderElectionFlags, leaderElectionVariables } from "#cluster/leader-election.ts";
import { kubeconfigPath, pkiPath } from "#cluster/paths.ts";
import { clusterVariables, patienceVariables, programVariables } from "#cluster/variables.ts";

const pki = "/etc/kubernetes/pki";
const kubeconfig = "/etc/kubernetes/scheduler.kubeconfig";
const config = "/etc/kubernetes/scheduler.yaml";

export const kubeScheduler = defineRole({
  name: "kube-scheduler",
  folder: import.meta.dirname,
  description: "The scheduler on every master, one of which leads.",
  vars: {
    ...clusterVariables,
    ...programVariables,
    ...goVariables,
    ...leaderElectionVariables,
    kubernetes_version: versionVariables.kubernetes_version,
    component_patience: patienceVariables.component_patience,
    kube_scheduler_bind_address: controlPlaneVariables.kube_scheduler_bind_address,
    kube_scheduler_extra_flags: extraFlags,
  },
  tasks: ({ vars, host, facts }) => {
    const port = String(vars.kube_scheduler_secure_port);
    const address = listenerOf(vars.kube_scheduler_bind_address);
    const answers = {
      what: "kube-scheduler is healthy",
      until: `curl -fsS --max-time 15 -o /dev/null --cacert ${pki}/ca-bundle.crt https://${address}:${port}/healthz`,
      units: ["kube-scheduler"],
      timeout: vars.component_patience,
    };
    const program = `${vars.bin_dir}/kube-scheduler`;
    const again = rollingHandler(
      "Restart kube-scheduler, master by master",
      restart("Restart kube-scheduler", { name: "kube-scheduler" }),
      wait("Wait until it is healthy and stays up", { ...answers, steady: steadyFor }),
    );
    const issued = (...names: string[]) => pkiPath(vars.cluster_name, ...names);
    const flags = withExtraFlags(
      {
        config,
        "bind-address": vars.kube_scheduler_bind_address,
        "secure-port": port,
        "tls-cert-file": `${pki}/kube-scheduler.crt`,
        "tls-private-key-file": `${pki}/kube-scheduler.key`,
        "tls-min-version": "VersionTLS12",
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "client-ca-file": `${pki}/ca-bundle.crt`,
        "requestheader-client-ca-file": `${pki}/front-proxy-ca.crt`,
        // The file's enableProfiling takes effect; benchmarks look for the flag.
        profiling: "false",
        // They take precedence over the file.
        ...leaderElectionFlags(vars),
      },
      "kube_scheduler_extra_flags",
      vars.kube_scheduler_extra_flags,
    );
    const configured = block(
      "Configure and start kube-scheduler",
      binary("Install kube-scheduler", {
        artifact: "kube-scheduler",
        version: vars.kubernetes_version,
        architecture: facts.architecture,
        dest: program,
      }).notify(again),
      directory("Make the certificates' directory", { path: pki, mode: 0o755 }),
      ...[
        ...["ca-bundle.crt", "front-proxy-ca.crt"].map((name) => copyPublic(name, issued(name), `${pki}/${name}`)),
        ...copyCertificate("serving", issued(host.name, "kube-scheduler"), `${pki}/kube-scheduler`),
        copySecret("its kubeconfig", kubeconfigPath(vars.cluster_name, "scheduler"), kubeconfig),
      ].map((task) => task.notify(again)),
      template("Write its configuration", {
        src: "config.yaml.hbs",
        dest: config,
        mode: 0o600,
        values: { kubeconfig },
      }).notify(again),
      unit("Write its unit", {
        name: "kube-scheduler.service",
        src: "kube-scheduler.service.hbs",
        values: {
          binDir: vars.bin_dir,
          processors: vars.go_processors,
          arguments: execArguments(flags),
        },
        validate: flagCheck(program, flags),
      }).notify(again),
      service("Start it now and at boot", { name: "kube-scheduler", enabled: true, state: "started" }),
      flushHandlers(),
    ).inTurn({ unit: "kube-scheduler" });
    return [configured, wait("Wait until it is healthy", answers)];
  },
});
