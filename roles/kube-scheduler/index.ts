import { Type } from "typebox";
import {
  binary,
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
import { copyCertificate, copyPublic, copySecret } from "#cluster/copied-files.ts";
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
    kube_scheduler_bind_address: Type.String({
      format: "ipv4",
      default: "0.0.0.0",
      description: "The address that it listens on: all by default, so that monitoring can reach it.",
    }),
    kube_scheduler_extra_flags: Type.Record(Type.String(), Type.String(), {
      default: {},
      description: "Flags without their dashes that extend or replace the role's own.",
    }),
  },
  tasks: ({ vars, host, facts }) => {
    const port = String(vars.kube_scheduler_secure_port);
    const address = vars.kube_scheduler_bind_address === "0.0.0.0" ? "127.0.0.1" : vars.kube_scheduler_bind_address;
    const answers = wait("Wait until it is healthy", {
      what: "kube-scheduler is healthy",
      until: `curl -fsS --max-time 15 -o /dev/null --cacert ${pki}/ca-bundle.crt https://${address}:${port}/healthz`,
      timeout: vars.component_patience,
    });
    const again = rollingHandler(
      "Restart kube-scheduler, master by master",
      restart("Restart kube-scheduler", { name: "kube-scheduler" }),
      answers,
    );
    const issued = (...names: string[]) => pkiPath(vars.cluster_name, ...names);
    return [
      binary("Install kube-scheduler", {
        artifact: "kube-scheduler",
        version: vars.kubernetes_version,
        architecture: facts.architecture,
        dest: `${vars.bin_dir}/kube-scheduler`,
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
          flags: {
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
            ...vars.kube_scheduler_extra_flags,
          },
        },
      }).notify(again),
      service("Start it now and at boot", { name: "kube-scheduler", enabled: true, state: "started" }),
      flushHandlers(),
      answers,
    ];
  },
});
