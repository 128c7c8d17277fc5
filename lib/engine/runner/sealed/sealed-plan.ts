import { readFileSync } from "node:fs";
import { PlayError } from "../../errors.ts";
import { writeWhole } from "../../files.ts";
import type { TaskResult } from "../events/events.ts";
import type { Answers } from "./answers.ts";
import type { SavedArguments } from "./saved-arguments.ts";
import type { Seal } from "./seal.ts";
import type { SealedChange } from "./sealed-change.ts";
import type { Sources } from "./sources.ts";

/** A change that a check predicted: for people, with covered secrets, and as digests, which a run is compared with. */
export interface PredictedChange extends Pick<
  TaskResult,
  "play" | "role" | "task" | "handler" | "kind" | "label" | "differences"
> {
  /** The digest of its task. */
  readonly is: string;
  /** Absent if the whole change is known after apply. */
  readonly sealed?: SealedChange;
}

export interface PredictedHost {
  /** Why the check failed on this host. */
  readonly failed?: string;
  readonly changes: readonly PredictedChange[];
  /** The answers of the host and the controller that the changes are based on. */
  readonly answers: Answers;
}

/** The content of a plan file. */
export interface SealedPlan {
  readonly kubeplay: string;
  readonly made: string;
  readonly playbook: string;
  readonly given: SavedArguments;
  readonly sources: Sources;
  /** The environment variables that the project's modules read. */
  readonly environment: Sources;
  /** What the inventory says of each host. */
  readonly inventory: Sources;
  readonly hosts: Readonly<Record<string, PredictedHost>>;
}

interface PlanFile {
  readonly seal: string;
  readonly plan: SealedPlan;
}

const use = "plan";

/** Readable for its owner only, because it shows contents of the hosts' files. */
export const writePlan = (file: string, plan: SealedPlan, seal: Seal): Promise<void> =>
  writeWhole(file, `${JSON.stringify({ seal: seal.digest(use, plan), plan } satisfies PlanFile, undefined, 2)}\n`, {
    mode: 0o600,
  });

/** Throws PlayError if the file is no plan, or was changed after it was sealed. */
export function readPlan(file: string, seal: Seal): SealedPlan {
  const content = parse(file);
  if (!isPlanFile(content)) throw new PlayError(`${file} is no plan: expected a file that --plan wrote`);
  if (!isSealed(content, seal))
    throw new PlayError(
      `${file} is not as it was sealed: it was edited, or made in another project folder (its key is .kubeplay/seal.key). Make a new plan.`,
    );
  return content.plan;
}

function isSealed({ seal: digest, plan }: PlanFile, seal: Seal): boolean {
  try {
    return seal.fits(digest, use, plan);
  } catch (error) {
    // Lists within lists, too deep for the stack: nobody sealed that.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new PlayError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isPlanFile = (value: unknown): value is PlanFile =>
  typeof value === "object" &&
  value !== null &&
  "seal" in value &&
  typeof value.seal === "string" &&
  "plan" in value &&
  typeof value.plan === "object";
