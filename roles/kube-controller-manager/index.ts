import { Type } from "typebox";
import { defineRole } from "kubeplay";
import { extraFlags, withExtraFlags } from "#cluster/component-flags.ts";
import { controlPlaneVariables } from "#cluster/control-plane.ts";
import { copyCertificate, copySecret } from "#cluster/copied-files.ts";
import { bothFamilies } from "#cluster/dual-stack.ts";
import {
  electedComponent,
  electedVariables,
  hostKubeconfig,
  hostPki,
  noElectedComponent,
} from "#cluster/elected-component.ts";
import { leaderElectionFlags } from "#cluster/leader-election.ts";
import { pkiPath } from "#cluster/paths.ts";
import { controllerManagerFlags, tokenKey } from "./flags.ts";

export const kubeControllerManager = defineRole({
  name: "kube-controller-manager",
  folder: import.meta.dirname,
  description: "The controllers on every master, one of which leads; they sign the kubelets' certificates.",
  vars: {
    ...electedVariables,
    kube_controller_manager_bind_address: controlPlaneVariables.kube_controller_manager_bind_address,
    kube_controller_manager_signing_duration: Type.String({
      default: "8760h",
      description:
        "The lifetime of the certificates that it signs for kubelets, which renew them well before their end.",
    }),
    kube_controller_manager_terminated_pod_gc_threshold: Type.Integer({
      default: 1000,
      minimum: 0,
      description: "How many ended pods may stay, with their logs, before the oldest are removed; 0 for no limit.",
    }),
    kube_controller_manager_extra_flags: extraFlags,
  },
  undo: ({ vars }) => noElectedComponent("kube-controller-manager", vars.bin_dir),
  tasks: (context) => {
    const { vars } = context;
    const flags = withExtraFlags(
      {
        ...controllerManagerFlags({
          clusterName: vars.cluster_name,
          bindAddress: vars.kube_controller_manager_bind_address,
          port: vars.kube_controller_manager_secure_port,
          serviceCidr: bothFamilies(vars.service_cidr, vars.service_cidr_v6),
          signingDuration: vars.kube_controller_manager_signing_duration,
          endedPods: vars.kube_controller_manager_terminated_pod_gc_threshold,
          kubeconfig: hostKubeconfig("controller-manager"),
          pki: hostPki,
        }),
        ...leaderElectionFlags(vars),
      },
      "kube_controller_manager_extra_flags",
      vars.kube_controller_manager_extra_flags,
    );
    const issued = (name: string) => pkiPath(vars.cluster_name, name);
    return electedComponent(context, {
      name: "kube-controller-manager",
      user: "controller-manager",
      bindAddress: vars.kube_controller_manager_bind_address,
      port: vars.kube_controller_manager_secure_port,
      flags,
      secrets: [
        ...copyCertificate("signing CA's", issued("kubernetes-signing-ca"), `${hostPki}/kubernetes-signing-ca`),
        copySecret("the service accounts' key", issued("service-account.key"), `${hostPki}/${tokenKey}.key`),
      ],
    });
  },
});
