import type { Contender } from "../contenders/contender.ts";
import type { Progress } from "../progress.ts";
import type { Goal } from "../targets.ts";

export interface SectionOptions {
  readonly contenders: readonly Contender[];
  /** How many ordinary tasks the sections of one size have. */
  readonly tasks: number;
  readonly repeat: number;
  /** Of the lab that is looked at, where a section looks at one that runs. */
  readonly inventory: string;
  readonly progress: Progress;
}

/** What a section has found: a text for people, the numbers for programs, and how kubeplay stands. */
export interface Report {
  readonly title: string;
  readonly text: string;
  readonly figures: unknown;
  readonly goals: readonly Goal[];
}

export type Section = (options: SectionOptions) => Promise<Report>;
