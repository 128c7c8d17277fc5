import { Type } from "typebox";
import { defineRole } from "#lib/dsl/index.ts";
import { packages } from "#lib/resources/index.ts";
import { kernel } from "./kernel.ts";
import { names } from "./names.ts";
import { swapOff } from "./swap.ts";
import { clock } from "./clock.ts";

export const host = defineRole({
  name: "host",
  description:
    "What every host needs before anything of Kubernetes: its name, its peers' names, the kernel's settings, no swap, the time.",
  vars: {
    host_packages: Type.Array(Type.String(), {
      default: ["ca-certificates", "curl", "iproute2", "kmod"],
      description: "Debian packages for every host.",
    }),
    host_time_service: Type.Enum(["systemd-timesyncd", "chrony", "none"], {
      default: "systemd-timesyncd",
      description: "What keeps the clock right on a real machine; none leaves it to somebody else.",
    }),
  },
  tasks: (context) => [
    packages("Install what every host needs", { names: context.vars.host_packages }),
    ...names(context),
    ...kernel(context.facts),
    // A container's swap and clock are those of its machine.
    ...(context.facts.container ? [] : [...swapOff(), ...clock(context.vars.host_time_service)]),
  ],
});
