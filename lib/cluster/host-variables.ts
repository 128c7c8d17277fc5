import { Type } from "typebox";

/** What every host gets from Debian. */
export const hostVariables = {
  host_packages: Type.Array(Type.String(), {
    default: ["ca-certificates", "curl", "iproute2", "kmod"],
    description: "Debian packages for every host.",
  }),
  host_time_service: Type.Enum(["systemd-timesyncd", "chrony", "none"], {
    default: "systemd-timesyncd",
    description:
      "The time service for hosts that are not containers and have none running. A running time service is kept, whichever it is. none leaves the time alone.",
  }),
};
