import { packages, service, type Task } from "#lib/resources/index.ts";

/** Certificates and leases want clocks that agree. */
export const clock = (name: string): Task[] =>
  name === "none"
    ? []
    : [
        packages("Install the time service", { names: [name] }),
        service("Keep the time, now and after a boot", { name, enabled: true, state: "started" }),
      ];
