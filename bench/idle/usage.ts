import { byParent, type Process } from "./processes.ts";

export interface Usage {
  /** A program; "… of runc" are the processes that runc started and that ended between the two measurements. */
  readonly program: string;
  readonly processes: number;
  readonly ticks: number;
}

/** The time that each program used between two measurements, largest first. */
export function usage(before: readonly Process[], after: readonly Process[]): Usage[] {
  const known = new Map(before.map((process) => [process.pid, process]));
  const there = new Set(after.map(({ pid }) => pid));
  // A parent's time for ended children also includes their time before the first measurement.
  const gone = byParent(before.filter(({ pid }) => !there.has(pid)));
  const found = new Map<string, { processes: number; ticks: number }>();
  const count = (program: string, processes: number, ticks: number): void => {
    const so = found.get(program) ?? { processes: 0, ticks: 0 };
    found.set(program, { processes: so.processes + processes, ticks: so.ticks + ticks });
  };
  for (const { pid, program, own, ended } of after) {
    const { own: ownBefore, ended: endedBefore } = known.get(pid) ?? { own: 0, ended: 0 };
    count(program, 1, own - ownBefore);
    const old = (gone.get(pid) ?? []).reduce((sum, process) => sum + process.own + process.ended, 0);
    const short = Math.max(0, ended - endedBefore - old);
    if (short > 0) count(`… of ${program}`, 0, short);
  }
  return [...found]
    .map(([program, { processes, ticks }]) => ({ program, processes, ticks }))
    .sort((a, b) => b.ticks - a.ticks);
}
