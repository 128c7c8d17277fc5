import { Type } from "typebox";
import { command, defineRole, directory, file, line, link, service, template, unit, user } from "kubeplay";
import { workload } from "./things.ts";

/** The workload, written for kubeplay. */
export const ordinary = defineRole({
  name: "bench",
  description: "Ordinary tasks of a host.",
  folder: import.meta.dirname,
  vars: {
    bench_tasks: Type.Integer({
      minimum: 10,
      multipleOf: 10,
      default: 100,
      description: "The number of tasks in the bench's workload, a multiple of 10.",
    }),
  },
  tasks: ({ vars }) => {
    const things = workload(vars.bench_tasks);
    return [
      ...things.directories.map((path) => directory(`Make ${path}`, { path, mode: 0o755 })),
      ...things.templates.map(({ dest, values }) =>
        template(`Write ${dest}`, { src: "service.conf.hbs", dest, values, mode: 0o644 }),
      ),
      ...things.copies.map((dest) => file(`Copy ${dest}`, { src: "copy.txt", dest, mode: 0o644 })),
      ...things.lines.map(({ path, line: text }) => line(`Have ${text}`, { path, line: text, create: true })),
      ...things.links.map((props) => link(`Link ${props.dest}`, props)),
      ...things.users.map((name) => user(`Have ${name}`, { name, shell: "/bin/bash" })),
      ...things.commands.map((props) => command(`Make ${props.creates}`, props)),
      ...things.units.map((props) => unit(`Write ${props.name}`, props)),
      ...things.services.map((name) => service(`Start ${name}`, { name, state: "started", enabled: true })),
    ];
  },
});
