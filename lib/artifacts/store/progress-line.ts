import type { Progress } from "#engine/tasks/resource.ts";
import type { At } from "../sources/fetch-request.ts";

/** "8 s", "2 min 05 s". */
export function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** "about 25 minutes", "less than a minute". */
export function roughly(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 1 ? "less than a minute" : `about ${String(minutes)} ${minutes === 1 ? "minute" : "minutes"}`;
}

interface Row {
  readonly effort: number;
  line: string;
  since: number;
}

const verb = (line: string): string => line.split(" ", 1)[0] ?? "";
/** Work that needs the processors comes first: the rest waits for it. */
const verbs = ["compiling", "building", "making", "pushing", "packing", "downloading", "fetching"];
const rank = ({ line }: Row): number => (verbs.includes(verb(line)) ? verbs.indexOf(verb(line)) : verbs.length);

/** The progress of several jobs, in one short line. */
export class ProgressLine {
  readonly #rows = new Set<Row>();
  readonly #now: () => number;
  #all = 0;
  #done = 0;
  /** Efforts, in the unit of the rows. */
  #ahead = 0;
  #behind = 0;
  /** Seconds that a unit of effort takes. */
  #pace: number | undefined;
  #began: number | undefined;

  /** `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Reports the line once a second while `work` runs. */
  async telling<T>(progress: Progress, work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => progress(this.line()), 1000);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** Runs one of the jobs, which reports its current step. The time of a step restarts when its verb changes. */
  async row<T>(work: (at: At) => Promise<T>, effort = 0): Promise<T> {
    const row: Row = { effort, line: "", since: this.#now() };
    this.#began ??= this.#now();
    this.#rows.add(row);
    this.#all++;
    this.#ahead += effort;
    const at: At = (line) => {
      if (verb(line) !== verb(row.line)) row.since = this.#now();
      row.line = line;
    };
    try {
      return await work(at);
    } finally {
      this.#rows.delete(row);
      this.#done++;
      this.#ahead -= effort;
      this.#behind += effort;
    }
  }

  /** Expected seconds for a unit of effort, until they are measured. */
  set pace(seconds: number | undefined) {
    this.#pace = seconds;
  }

  /** Seconds until all is done; undefined if they cannot be estimated. */
  get left(): number | undefined {
    const pace = this.measuredPace ?? this.#pace;
    return pace === undefined || this.#ahead === 0 ? undefined : this.#ahead * pace;
  }

  /** Measured seconds for a unit of effort; undefined until more than a tenth of all effort is done. */
  get measuredPace(): number | undefined {
    const share = this.#behind / (this.#behind + this.#ahead);
    if (this.#began === undefined || !(share > 0.1)) return undefined;
    return (this.#now() - this.#began) / 1000 / this.#behind;
  }

  line(): string {
    const busy = [...this.#rows].filter(({ line }) => line !== "" && verb(line) !== "waiting");
    const [first] = busy.sort((one, other) => rank(one) - rank(other));
    const left = this.left === undefined ? "" : `, ${roughly(this.left)} left`;
    const work = first && `${first.line} (${duration((this.#now() - first.since) / 1000)})`;
    return [`${this.#done} of ${this.#all} done${left}`, ...(work ? [work] : [])].join("; ");
  }
}
