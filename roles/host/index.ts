import path from "node:path";
import { archive, defineRole, directory, packages, unit } from "kubeplay";
import { aptEnvironment, aptVariables } from "#cluster/apt-environment.ts";
import { aptFolder } from "#cluster/bundled-packages.ts";
import { cniVariables } from "#cluster/cni.ts";
import { hostVariables } from "#cluster/host-variables.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { maskNginx } from "#cluster/nginx-service.ts";
import { hostPackages } from "#cluster/host-packages.ts";
import { allPackages } from "#cluster/packages.ts";
import { programVariables, usualBinDir } from "#cluster/variables.ts";
import { weights } from "#cluster/weights.ts";
import { kernel } from "./kernel.ts";
import { names } from "./names.ts";
import { dropIn, hostUndo } from "./undo.ts";
import { swapOff } from "./swap.ts";
import { clock } from "./clock.ts";

export const host = defineRole({
  name: "host",
  folder: import.meta.dirname,
  description:
    "Prerequisites of Kubernetes on every host: its name, its peers' names, kernel settings, the time, and no swap unless the kubelet allows it.",
  vars: {
    kubelet_fail_swap_on: nodeVariables.kubelet_fail_swap_on,
    kube_proxy_mode: nodeVariables.kube_proxy_mode,
    ...cniVariables,
    ...programVariables,
    ...aptVariables,
    ...hostVariables,
  },
  undo: ({ vars, host, inventory, facts }) =>
    hostUndo({
      host,
      inventory,
      facts,
      binDir: vars.bin_dir,
      packages: [
        ...vars.host_packages,
        ...allPackages,
        ...(vars.host_time_service === "none" ? [] : [vars.host_time_service]),
      ],
    }),
  tasks: (context) => [
    maskNginx(),
    ...(context.vars.host_debian_packages === ""
      ? []
      : [
          archive("Unpack the bundle's Debian packages", {
            src: path.resolve(context.vars.host_debian_packages),
            dest: aptFolder,
          }),
        ]),
    // Includes the packages of later roles, which then install nothing. A role that runs alone installs its own.
    packages("Install the packages that every host needs", {
      names: hostPackages(context.vars, context.host, context.inventory),
    }).environment(aptEnvironment(context)),
    // The default directory belongs to the system: its mode must not change.
    ...(context.vars.bin_dir === usualBinDir
      ? []
      : [directory("Make the programs' directory", { path: context.vars.bin_dir, mode: 0o755 })]),
    ...(["system.slice", "user.slice"] as const).map((name) =>
      unit(`Give ${name} priority over pods`, {
        name,
        dropIn,
        src: "weight.slice.hbs",
        values: { weight: weights[name] },
      }),
    ),
    ...names(context),
    ...kernel(context.facts, context.vars.service_cidr_v6 !== undefined),
    // A container has the swap and the clock of its machine.
    ...(context.facts.container
      ? []
      : [
          ...(context.vars.kubelet_fail_swap_on ? swapOff() : []),
          ...clock(context.vars.host_time_service, aptEnvironment(context)),
        ]),
  ],
});
