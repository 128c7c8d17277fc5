/** The desired state of a host as plain data, the same for all contenders. */
export interface Workload {
  readonly directories: readonly string[];
  readonly templates: readonly { readonly dest: string; readonly values: TemplateValues }[];
  /** Copies of files/copy.txt. */
  readonly copies: readonly string[];
  readonly lines: readonly { readonly path: string; readonly line: string }[];
  readonly links: readonly { readonly dest: string; readonly target: string }[];
  readonly users: readonly string[];
  readonly commands: readonly { readonly run: string; readonly creates: string }[];
  readonly units: readonly { readonly name: string; readonly content: string }[];
  /** Units of the above, started now and at boot. */
  readonly services: readonly string[];
}

export interface TemplateValues {
  readonly name: string;
  readonly port: number;
  readonly servers: readonly string[];
}

export const folder = "/etc/kubeplay-bench";
/** The prefix of users and units. */
export const prefix = "kubeplay-bench-";

/** Percentages of all tasks. Units come before their services, so that there is never a service without a unit. */
const shares = {
  directories: 20,
  templates: 30,
  copies: 10,
  lines: 10,
  links: 10,
  users: 5,
  commands: 5,
  units: 5,
  services: 5,
} as const satisfies Record<keyof Workload, number>;

/** The number of tasks of each kind. `tasks` is a multiple of 10. */
export function countsOf(tasks: number): Record<keyof Workload, number> {
  let percent = 0;
  let before = 0;
  const counts = Object.entries(shares).map(([kind, share]) => {
    percent += share;
    const upTo = Math.round((tasks * percent) / 100);
    const count = upTo - before;
    before = upTo;
    return [kind, count];
  });
  return Object.fromEntries(counts) as Record<keyof Workload, number>;
}

/** A workload of this many ordinary tasks. */
export function workload(tasks: number): Workload {
  const counts = countsOf(tasks);
  const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const part = (index: number): string => `${folder}/part-${index % counts.directories}`;
  const templates = times(counts.templates, (i) => ({
    dest: `${part(i)}/template-${i}.conf`,
    values: { name: `service-${i}`, port: 8000 + i, servers: times(5, (n) => `192.0.2.${n + 1}`) },
  }));
  const units = times(counts.units, (i) => ({ name: `${prefix}${i}.service`, content: unitFile(i) }));
  return {
    directories: times(counts.directories, part),
    templates,
    copies: times(counts.copies, (i) => `${part(i)}/copy-${i}.txt`),
    lines: times(counts.lines, (i) => ({ path: `${part(i)}/lines`, line: `setting_${i} = ${i * 10}` })),
    links: times(counts.links, (i) => ({ dest: `${part(i)}/link-${i}`, target: templates[i]?.dest ?? folder })),
    users: times(counts.users, (i) => `${prefix}${i}`),
    commands: times(counts.commands, (i) => {
      const creates = `${part(i)}/command-${i}`;
      return { run: `date > ${creates}`, creates };
    }),
    units,
    services: units.slice(0, counts.services).map(({ name }) => name),
  };
}

const unitFile = (index: number): string => `[Unit]
Description=Service ${index} of the bench

[Service]
ExecStart=/usr/bin/sleep infinity

[Install]
WantedBy=multi-user.target
`;
