import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { unknown, type Difference, type Step } from "../../tasks/resource.ts";
import type { ComingChange } from "../execute/approval.ts";
import type { Seal } from "./seal.ts";

/** Digests of a difference with the seal's key, so that a plan holds nothing in clear that came of a secret. */
export interface SealedDifference {
  readonly what: string;
  /** Absent if it is known after apply. */
  readonly after?: string;
}

/** What a predicted change may do, as digests. */
export interface SealedChange {
  readonly differences: readonly SealedDifference[];
  /** Absent if they are known after apply. */
  readonly steps?: readonly SealedStep[];
}

export interface SealedStep {
  readonly digest: string;
  /** It puts content in place. */
  readonly upload?: true;
}

/** Identifies a task of a play. */
export const sealTask = (seal: Seal, play: string, id: string, task: string): string =>
  seal.digest("task", [play, id, task]);

export function sealChange(
  seal: Seal,
  { differences, steps }: Pick<ComingChange, "differences" | "steps">,
): SealedChange {
  const sealed = differences.map((difference) => sealDifference(seal, difference));
  const isOpen = steps === undefined || sealed.some(({ after }) => after === undefined);
  return { differences: sealed, ...(!isOpen && { steps: steps.map((step) => sealStep(seal, step)) }) };
}

const sealDifference = (seal: Seal, difference: Difference): SealedDifference => ({
  what: seal.digest("what", difference.what),
  ...(!isKnownLater(difference) && { after: seal.digest("after", desiredOf(difference)) }),
});

const desiredOf = ({ what, after, desired = after }: Difference): unknown => [what, desired ?? null];

/** A text that begins like this stands for a value that is not known yet, such as the digest of a file to be downloaded. */
const isKnownLater = ({ after, desired = after }: Difference): boolean =>
  desired === unknown || (typeof desired === "string" && desired.startsWith("known after apply"));

/**
 * An upload is sealed with its content and mode. Its owner is not: an existing file keeps its own, and whether it will exist
 * is not always known beforehand. Work on the controller and over the connection is code, which the sources seal.
 */
function sealStep(seal: Seal, step: Step): SealedStep {
  if (typeof step === "string") return { digest: seal.digest("step", ["sh", step, {}]) };
  if ("sh" in step) return { digest: seal.digest("step", ["sh", step.sh, step.environment ?? {}]) };
  if ("upload" in step)
    return { digest: seal.digest("step", ["upload", step.to, step.mode, contentOf(step)]), upload: true };
  return { digest: seal.digest("step", ["code", step.about ?? null]) };
}

function contentOf({ upload, sha256 }: Extract<Step, { readonly upload: unknown }>): string {
  if (sha256 !== undefined) return sha256;
  if (typeof upload === "function") return "made when it is needed";
  return createHash("sha256")
    .update("bytes" in upload ? upload.bytes : readFileSync(upload.file))
    .digest("hex");
}

/** The names of its differences without secrets. */
export const shownNames = ({ differences }: ComingChange): string[] =>
  differences.map(({ what, shownAs = what }) => shownAs);

/**
 * What of a coming change was not planned: the names of differences; "steps" if only these differ; nothing if all was.
 * A change may do less than planned. Then only the contents that it puts in place are compared, because commands follow
 * from the differences that are left.
 */
export function unplanned(planned: SealedChange, seal: Seal, coming: ComingChange): string[] {
  const now = sealChange(seal, coming);
  const unforeseen = shownNames(coming).filter((_, index) => {
    const { what: is, after } = now.differences[index] ?? { what: "" };
    return !planned.differences.some((one) => one.what === is && (one.after === undefined || one.after === after));
  });
  if (unforeseen.length > 0 || !planned.steps) return unforeseen;
  const isWhole = now.differences.length >= planned.differences.length;
  const known = new Set(planned.steps.map(({ digest }) => digest));
  const steps = (now.steps ?? []).filter(({ upload }) => isWhole || upload);
  return steps.every(({ digest }) => known.has(digest)) ? [] : ["steps"];
}
