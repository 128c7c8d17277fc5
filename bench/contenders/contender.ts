import path from "node:path";
import type { Progress } from "../progress.ts";

export interface Lap {
  /** Of the whole process. */
  readonly seconds: number;
  /** Of the work in it, where it can tell: without its start. */
  readonly own?: number;
  readonly peakBytes: number;
  /** How many changes it says to have made, on all hosts together. */
  readonly changes: number;
}

/** Which hosts, and how many tasks on each. */
export interface Course {
  /** The inventory file. */
  readonly hosts: string;
  readonly tasks: number;
}

export interface Contender {
  readonly name: string;
  /** Whether it can change anything: the floor only reads. */
  readonly changes: boolean;
  /** Installs what it needs on this machine, and writes what it reads. */
  prepare(course: Course, progress: Progress): Promise<void>;
  /** Plays the workload once. */
  lap(course: Course, what: string, progress: Progress): Promise<Lap>;
}

/** Where a contender's own files are written. */
export const workFolder = (name: string): string => path.resolve(".kubeplay", "bench", name);

/** The folder with the workload's files/ and templates/. */
export const sources = path.resolve("bench", "workload");
