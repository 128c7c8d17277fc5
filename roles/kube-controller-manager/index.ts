import { Type } from "typebox";
import { binary, defineRole, directory, flushHandlers, restart, rollingHandler, service, unit, wait } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { copyCertificate, copyPublic, copySecret } from "#cluster/copied-files.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { kubeconfigPath, pkiPath } from "#cluster/paths.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import { clusterVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { leaderElectionFlags, leaderElectionVariables } from "#cluster/leader-election.ts";
import { controllerManagerFlags } from "./flags.ts";

const pki = "/etc/kubernetes/pki";
const kubeconfig = "/etc/kubernetes/controller-manager.kubeconfig";

export const kubeControllerManager = defineRole({
  name: "kube-controller-manager",
  folder: import.meta.dirname,
  description: "The controllers on every master, one of which leads; they sign the kubelets' certificates.",
  vars: {
    ...clusterVariables,
    ...programVariables,
    ...goVariables,
    ...leaderElectionVariables,
    kubernetes_version: versionVariables.kubernetes_version,
    component_patience: patienceVariables.component_patience,
    kube_controller_manager_bind_address: Type.String({
      format: "ipv4",
      default: "0.0.0.0",
      description: "The address that it listens on: all by default, so that monitoring can reach it.",
    }),
    kube_controller_manager_signing_duration: Type.String({
      default: "8760h",
      description:
        "The lifetime of the certificates that it signs for kubelets, which renew them well before their end.",
    }),
    kube_controller_manager_extra_flags: Type.Record(Type.String(), Type.String(), {
      default: {},
      description: "Flags without their dashes that extend or replace the role's own.",
    }),
  },
  tasks: ({ vars, host, facts }) => {
    const port = String(vars.kube_controller_manager_secure_port);
    const address =
      vars.kube_controller_manager_bind_address === "0.0.0.0" ? "127.0.0.1" : vars.kube_controller_manager_bind_address;
    const answers = wait("Wait until it is healthy", {
      what: "kube-controller-manager is healthy",
      until: `curl -fsS --max-time 15 -o /dev/null --cacert ${pki}/ca-bundle.crt https://${address}:${port}/healthz`,
      timeout: vars.component_patience,
    });
    const again = rollingHandler(
      "Restart kube-controller-manager, master by master",
      restart("Restart kube-controller-manager", { name: "kube-controller-manager" }),
      answers,
    );
    const issued = (...names: string[]) => pkiPath(vars.cluster_name, ...names);
    return [
      binary("Install kube-controller-manager", {
        artifact: "kube-controller-manager",
        version: vars.kubernetes_version,
        architecture: facts.architecture,
        dest: `${vars.bin_dir}/kube-controller-manager`,
      }).notify(again),
      directory("Make the certificates' directory", { path: pki, mode: 0o755 }),
      ...[
        ...["ca-bundle.crt", "front-proxy-ca.crt"].map((name) => copyPublic(name, issued(name), `${pki}/${name}`)),
        ...copyCertificate("signing CA's", issued("kubernetes-signing-ca"), `${pki}/kubernetes-signing-ca`),
        copySecret("the service accounts' key", issued("service-account.key"), `${pki}/service-account.key`),
        ...copyCertificate("serving", issued(host.name, "kube-controller-manager"), `${pki}/kube-controller-manager`),
        copySecret("its kubeconfig", kubeconfigPath(vars.cluster_name, "controller-manager"), kubeconfig),
      ].map((task) => task.notify(again)),
      unit("Write its unit", {
        name: "kube-controller-manager.service",
        src: "kube-controller-manager.service.hbs",
        values: {
          binDir: vars.bin_dir,
          processors: vars.go_processors,
          flags: {
            ...controllerManagerFlags({
              clusterName: vars.cluster_name,
              bindAddress: vars.kube_controller_manager_bind_address,
              port: vars.kube_controller_manager_secure_port,
              serviceCidr: bothFamilies(vars.service_cidr, vars.service_cidr_v6),
              signingDuration: vars.kube_controller_manager_signing_duration,
              kubeconfig,
              pki,
            }),
            ...leaderElectionFlags(vars),
            ...vars.kube_controller_manager_extra_flags,
          },
        },
      }).notify(again),
      service("Start it now and at boot", { name: "kube-controller-manager", enabled: true, state: "started" }),
      flushHandlers(),
      answers,
    ];
  },
});
