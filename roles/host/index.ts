import { Type } from "typebox";
import { defineRole, directory, packages, unit } from "kubeplay";
import { cniVariables } from "#cluster/cni.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { proxyEnvironment, proxyVariables } from "#cluster/proxy.ts";
import { packagesOf } from "#cluster/packages.ts";
import { programVariables, usualBinDir } from "#cluster/variables.ts";
import { weightOf } from "#cluster/weights.ts";
import { kernel } from "./kernel.ts";
import { names } from "./names.ts";
import { swapOff } from "./swap.ts";
import { clock } from "./clock.ts";

export const host = defineRole({
  name: "host",
  description:
    "What every host needs before anything of Kubernetes: its name, its peers' names, the kernel's settings, no swap unless the kubelet bears it, the time.",
  vars: {
    kubelet_fail_swap_on: nodeVariables.kubelet_fail_swap_on,
    kube_proxy_mode: nodeVariables.kube_proxy_mode,
    ...cniVariables,
    ...programVariables,
    ...proxyVariables,
    host_packages: Type.Array(Type.String(), {
      default: ["ca-certificates", "curl", "iproute2", "kmod"],
      description: "Debian packages for every host.",
    }),
    host_time_service: Type.Enum(["systemd-timesyncd", "chrony", "none"], {
      default: "systemd-timesyncd",
      description:
        "What keeps the clock right on a real machine where nothing does yet: a time service that runs is kept, whichever it is. none leaves all of it to somebody else.",
    }),
  },
  tasks: (context) => [
    // Also what later roles want: they find it there, and a role that is played alone brings its own.
    packages("Install what every host needs", {
      names: [
        ...new Set([
          ...context.vars.host_packages,
          ...packagesOf(context.host, context.inventory, {
            cni: context.vars.cni,
            proxyMode: context.vars.kube_proxy_replacement ? undefined : context.vars.kube_proxy_mode,
          }),
        ]),
      ],
    }).environment(proxyEnvironment(context)),
    // The usual one is the system's own, with a mode that is not ours to change.
    ...(context.vars.bin_dir === usualBinDir
      ? []
      : [directory("Make the programs' directory", { path: context.vars.bin_dir, mode: 0o755 })]),
    ...(["system.slice", "user.slice"] as const).map((name) =>
      unit(`Let ${name} come before pods`, {
        name,
        dropIn: "90-kubeplay",
        content: `[Slice]\n${weightOf(name)}\n`,
      }),
    ),
    ...names(context),
    ...kernel(context.facts, context.vars.service_cidr_v6 !== undefined),
    // A container's swap and clock are those of its machine.
    ...(context.facts.container
      ? []
      : [
          ...(context.vars.kubelet_fail_swap_on ? swapOff() : []),
          ...clock(context.vars.host_time_service, proxyEnvironment(context)),
        ]),
  ],
});
