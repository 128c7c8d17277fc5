import { Type } from "typebox";
import {
  binary,
  block,
  defineRole,
  directory,
  flushHandlers,
  restart,
  rollingHandler,
  service,
  unit,
  wait,
} from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { controlPlaneVariables, listenerOf } from "#cluster/control-plane.ts";
import { copyCertificate, copyPublic, copySecret } from "#cluster/copied-files.ts";
import { execArguments, extraFlags, flagCheck, withExtraFlags } from "#cluster/component-flags.ts";
import { steadyFor } from "#cluster/gates.ts";
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
    kube_controller_manager_bind_address: controlPlaneVariables.kube_controller_manager_bind_address,
    kube_controller_manager_signing_duration: Type.String({
      default: "8760h",
      description:
        "The lifetime of the certificates that it signs for kubelets, which renew them well before their end.",
    }),
    kube_controller_manager_extra_flags: extraFlags,
  },
  tasks: ({ vars, host, facts }) => {
    const port = String(vars.kube_controller_manager_secure_port);
    const address = listenerOf(vars.kube_controller_manager_bind_address);
    const answers = {
      what: "kube-controller-manager is healthy",
      until: `curl -fsS --max-time 15 -o /dev/null --cacert ${pki}/ca-bundle.crt https://${address}:${port}/healthz`,
      units: ["kube-controller-manager"],
      timeout: vars.component_patience,
    };
    const program = `${vars.bin_dir}/kube-controller-manager`;
    const again = rollingHandler(
      "Restart kube-controller-manager, master by master",
      restart("Restart kube-controller-manager", { name: "kube-controller-manager" }),
      wait("Wait until it is healthy and stays up", { ...answers, steady: steadyFor }),
    );
    const issued = (...names: string[]) => pkiPath(vars.cluster_name, ...names);
    const flags = withExtraFlags(
      {
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
      },
      "kube_controller_manager_extra_flags",
      vars.kube_controller_manager_extra_flags,
    );
    const configured = block(
      "Configure and start kube-controller-manager",
      binary("Install kube-controller-manager", {
        artifact: "kube-controller-manager",
        version: vars.kubernetes_version,
        architecture: facts.architecture,
        dest: program,
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
          arguments: execArguments(flags),
        },
        validate: flagCheck(program, flags),
      }).notify(again),
      service("Start it now and at boot", { name: "kube-controller-manager", enabled: true, state: "started" }),
      flushHandlers(),
    ).inTurn({ unit: "kube-controller-manager" });
    return [configured, wait("Wait until it is healthy", answers)];
  },
});
