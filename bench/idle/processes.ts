import { readdirSync, readFileSync } from "node:fs";

/** Of one process, with its processor time in ticks since it began. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its program, of whose name the kernel keeps 15 characters. */
  readonly program: string;
  readonly own: number;
  /** That of its children that have ended, with theirs. */
  readonly ended: number;
}

/** A line of /proc/PID/stat; the name of a program may have spaces and brackets in it. */
export function parseStat(line: string): Process | undefined {
  const [, pid, program, rest] = /^(\d+) \((.*)\) (.*)$/s.exec(line) ?? [];
  if (pid === undefined || program === undefined || rest === undefined) return undefined;
  // Field 3 of proc(5) is the first of these.
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

/** The children of each, by its number. */
export function byParent(all: readonly Process[]): ReadonlyMap<number, readonly Process[]> {
  const children = new Map<number, Process[]>();
  for (const process of all) children.set(process.parent, [...(children.get(process.parent) ?? []), process]);
  return children;
}

/** Those that stand below these, and they themselves. */
export function below(all: readonly Process[], roots: readonly number[]): Process[] {
  const children = byParent(all);
  const tree = (process: Process): Process[] => [process, ...(children.get(process.pid) ?? []).flatMap(tree)];
  return all.filter(({ pid }) => roots.includes(pid)).flatMap(tree);
}
