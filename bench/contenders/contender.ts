import path from "node:path";
import type { Progress } from "../progress.ts";

export interface Lap {
  /** Seconds of the whole process. */
  readonly seconds: number;
  /** Seconds of the work in it, without the start of the process, if the contender reports them. */
  readonly own?: number;
  readonly peakBytes: number;
  /** The number of changes that it reports, on all hosts together. */
  readonly changes: number;
}

/** The hosts, and the number of tasks on each. */
export interface Course {
  /** The inventory file. */
  readonly hosts: string;
  readonly tasks: number;
}

export interface Contender {
  readonly name: string;
  /** Whether it can change hosts: the floor only reads. */
  readonly changes: boolean;
  /** Installs its requirements on this machine, and writes its input. */
  prepare(course: Course, progress: Progress): Promise<void>;
  /** Plays the workload once. */
  lap(course: Course, what: string, progress: Progress): Promise<Lap>;
}

/** The folder of a contender's own files. */
export const workFolder = (name: string): string => path.resolve(".kubeplay", "bench", name);

/** The folder with the workload's files/ and templates/. */
export const sources = path.resolve("bench", "workload");
