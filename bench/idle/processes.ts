import { readdirSync, readFileSync } from "node:fs";

/** One process, with its processor time in ticks since its start. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The name of its program, of which the kernel keeps 15 characters. */
  readonly program: string;
  readonly own: number;
  /** The time of its ended children and their descendants. */
  readonly ended: number;
}

/** Parses a line of /proc/PID/stat. The name of a program may contain spaces and brackets. */
export function parseStat(line: string): Process | undefined {
  const [, pid, program, rest] = /^(\d+) \((.*)\) (.*)$/s.exec(line) ?? [];
  if (pid === undefined || program === undefined || rest === undefined) return undefined;
  // The first of these is field 3 of proc(5).
  const field = (number: number): number => Number(rest.split(" ")[number - 3]);
  return {
    pid: Number(pid),
    parent: field(4),
    program,
    own: field(14) + field(15),
    ended: field(16) + field(17),
  };
}

/** Every process of the machine. */
export function allProcesses(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      } catch {
        // It has ended.
        return [];
      }
    });
}

/** The children of each process, by its id. */
export function byParent(all: readonly Process[]): ReadonlyMap<number, readonly Process[]> {
  const children = new Map<number, Process[]>();
  for (const process of all) children.set(process.parent, [...(children.get(process.parent) ?? []), process]);
  return children;
}

/** These processes and all their descendants. */
export function below(all: readonly Process[], roots: readonly number[]): Process[] {
  const children = byParent(all);
  const tree = (process: Process): Process[] => [process, ...(children.get(process.pid) ?? []).flatMap(tree)];
  return all.filter(({ pid }) => roots.includes(pid)).flatMap(tree);
}
