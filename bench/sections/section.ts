import type { Contender } from "../contenders/contender.ts";
import type { Progress } from "../progress.ts";
import type { Goal } from "../targets.ts";

export interface SectionOptions {
  readonly contenders: readonly Contender[];
  /** The number of ordinary tasks in sections of one size. */
  readonly tasks: number;
  readonly repeat: number;
  /** The inventory of the lab, for sections that measure a running lab. */
  readonly inventory: string;
  readonly progress: Progress;
}

/** The result of a section: a text for people, figures for programs, and kubeplay's goals. */
export interface Report {
  readonly title: string;
  readonly text: string;
  readonly figures: unknown;
  readonly goals: readonly Goal[];
}

export type Section = (options: SectionOptions) => Promise<Report>;
