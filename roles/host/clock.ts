import { defineResource, packages, queries, service, type Task } from "kubeplay";

/** Debian packages of time services, whose units have the same names. Each package conflicts with the others. */
const timeServices = ["systemd-timesyncd", "chrony", "ntpsec", "openntpd", "ntp"];

interface Timekeeper {
  readonly name: string;
  readonly runs: boolean;
}

/** Selects the time service: the one that runs, else the wanted one. Never a change. */
const timekeeper = defineResource({
  kind: "time service",
  label: ({ wanted }: { readonly wanted: string }) => wanted,
  needs: () => Object.fromEntries(timeServices.map((name) => [name, queries.unit(name)])),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: (now: Readonly<Record<string, queries.UnitState>>, { wanted }): Timekeeper => {
    const running = [wanted, ...timeServices].find((name) => now[name]?.active === "active");
    return { name: running ?? wanted, runs: running !== undefined };
  },
});

/** Certificates and leases need clocks that agree. */
export function clock(wanted: string, proxied: Readonly<Record<string, string>>): Task[] {
  if (wanted === "none") return [];
  const keeper = timekeeper("Find the running time service", { wanted });
  return [
    keeper,
    packages("Install a time service if none is running", {
      names: keeper.output.map(({ name, runs }) => (runs ? [] : [name])),
    }).environment(proxied),
    service("Start the time service now and at boot", {
      name: keeper.output.map(({ name }) => name),
      enabled: true,
      state: "started",
    }),
  ];
}
