import { BenchError } from "./bench-error.ts";
import type { Contender, Course, Lap } from "./contenders/contender.ts";
import { median } from "./median.ts";
import type { Progress } from "./progress.ts";

export interface Raced {
  readonly contender: string;
  /** From bare hosts; undefined if the contender only reads, or if first runs were not requested. */
  readonly first?: Timing;
  /** Runs with nothing to do. */
  readonly again: Timing;
}

/** Medians of several laps. */
export interface Timing {
  readonly laps: number;
  readonly seconds: number;
  readonly own?: number;
  readonly peakBytes: number;
}

export interface Race {
  readonly course: Course;
  readonly contenders: readonly Contender[];
  readonly hosts: number;
  readonly repeat: number;
  readonly firstRuns: boolean;
  /** Removes everything that the workload makes. */
  readonly bare: () => Promise<void>;
  readonly progress: Progress;
}

/** Seconds after which a contender gets no more laps of a kind. */
const patience = 60;

/** Runs each contender from bare hosts, then with nothing to do. Checks the number of changes that it reports. */
export async function race(r: Race): Promise<Raced[]> {
  const raced: Raced[] = [];
  const all = r.course.tasks * r.hosts;
  for (const contender of [...r.contenders].sort((a, b) => Number(b.changes) - Number(a.changes))) {
    await contender.prepare(r.course, r.progress);
    const lap = async (what: string, expected: number): Promise<Lap> => {
      const done = await contender.lap(r.course, `${contender.name}: ${what}`, r.progress);
      if (done.changes !== expected)
        throw new BenchError(`${contender.name}: ${what}: ${done.changes} changes, expected ${expected}`);
      return done;
    };
    const first =
      contender.changes && r.firstRuns
        ? await laps(r.repeat, async (n) => {
            await r.bare();
            return lap(`first run ${n}`, all);
          })
        : undefined;
    const again = await laps(r.repeat, (n) => lap(`nothing to do ${n}`, 0));
    raced.push({ contender: contender.name, ...(first && { first }), again });
  }
  return raced;
}

async function laps(repeat: number, lap: (which: string) => Promise<Lap>): Promise<Timing> {
  const done: Lap[] = [];
  const until = performance.now() + patience * 1000;
  do done.push(await lap(`(${done.length + 1} of ${repeat})`));
  while (done.length < repeat && performance.now() < until);
  const own = done.flatMap(({ own }) => own ?? []);
  return {
    laps: done.length,
    seconds: median(done.map(({ seconds }) => seconds)),
    ...(own.length > 0 && { own: median(own) }),
    peakBytes: Math.max(...done.map(({ peakBytes }) => peakBytes)),
  };
}
