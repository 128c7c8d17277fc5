import { workload } from "./things.ts";

/** One call of an Ansible module. */
export interface Call {
  readonly name: string;
  readonly module: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A workload of this many calls: four tenths folders, three tenths lines, a quarter links, the rest users. */
export function calls(tasks: number): Call[] {
  // Each part of a larger workload of ordinary tasks.
  const { directories, lines, links, users } = workload(tasks * 10);
  const part = (percent: number): number => Math.floor((tasks * percent) / 100);
  const [folders, texts, targets] = [part(40), part(30), part(25)];
  const of = (module: string, args: Readonly<Record<string, unknown>>): Call => ({
    ...{ name: `${module} ${String(args.path ?? args.dest ?? args.name)}`, module: `ansible.builtin.${module}`, args },
  });
  const paths = directories.slice(0, folders);
  const inFolder = (index: number): string => paths[index % folders] ?? "";
  return [
    ...paths.map((path) => of("file", { path, state: "directory", mode: "0755" })),
    ...lines
      .slice(0, texts)
      .map(({ line }, index) =>
        of("lineinfile", { path: `${inFolder(index)}/lines`, line, create: true, mode: "0644" }),
      ),
    ...links
      .slice(0, targets)
      .map((_link, index) => of("file", { dest: `${inFolder(index)}/link`, src: "/etc/hostname", state: "link" })),
    ...users.slice(0, tasks - folders - texts - targets).map((name) => of("user", { name, shell: "/bin/bash" })),
  ];
}
