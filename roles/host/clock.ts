import { defineResource, packages, queries, service, type Task } from "kubeplay";

/** By their Debian packages, which have their units' names. Each of them excludes the others. */
const timeServices = ["systemd-timesyncd", "chrony", "ntpsec", "openntpd", "ntp"];

interface Timekeeper {
  readonly name: string;
  readonly runs: boolean;
}

/** Finds who keeps the time: whoever does already, else the one that is wanted. Never a change. */
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

/** Certificates and leases want clocks that agree. */
export function clock(wanted: string, proxied: Readonly<Record<string, string>>): Task[] {
  if (wanted === "none") return [];
  const keeper = timekeeper("See who keeps the time", { wanted });
  return [
    keeper,
    packages("Install a time service where there is none", {
      names: keeper.output.map(({ name, runs }) => (runs ? [] : [name])),
    }).environment(proxied),
    service("Keep the time, now and after a boot", {
      name: keeper.output.map(({ name }) => name),
      enabled: true,
      state: "started",
    }),
  ];
}
