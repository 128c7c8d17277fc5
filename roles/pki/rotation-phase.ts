import { type Difference, unknown } from "kubeplay";
import type { Rotatable, RotationWork } from "#cluster/rotation.ts";

/**
 * "trusted": the new one is there, and the old one issues or signs. "swapping": a run was interrupted while the new one
 * took the old one's place. "issuing": the new one issues or signs, and the old one is still trusted.
 */
export type RotationPhase = "none" | "trusted" | "swapping" | "issuing";
export type RotationStep = "make" | "swap" | "drop";

interface Present {
  readonly type: string;
}

/** The files beside the current one tell how far its rotation is: nothing else has to be kept. */
export function phaseOf({ next, previous }: { readonly next: Present; readonly previous: Present }): RotationPhase {
  const [comes, was] = [next.type !== "absent", previous.type !== "absent"];
  return comes ? (was ? "swapping" : "trusted") : was ? "issuing" : "none";
}

const steps: Readonly<Record<string, RotationStep>> = {
  new: "make",
  issuing: "swap",
  signing: "swap",
  trusted: "drop",
};

/** The step of these differences; without any, which a check has while they are unknown, that of the work. */
export function stepOf(work: RotationWork, [first]: readonly Difference[]): RotationStep | undefined {
  if (first) return steps[first.what.split(" ")[0] ?? ""];
  return work === "trust" ? "make" : work === "issue" ? "swap" : work === "drop" ? "drop" : undefined;
}

export const absent = { type: "absent" } as const;

/** The files after a step, as far as they are known. */
export function forecastOf<State>(
  step: RotationStep | undefined,
  { current, next }: { readonly current: State; readonly next: State },
): Partial<Record<"current" | "next" | "previous", State | typeof absent | typeof unknown>> {
  if (step === "make") return { next: unknown };
  if (step === "swap") return { current: next, next: absent, previous: current };
  return { previous: absent };
}

/** What a run that does not rotate says of a rotation that is under way. */
export function warningsOf(name: Rotatable, phase: RotationPhase, work: RotationWork): string[] {
  const run = (what: string): string => `npm run play -- -e ${what}=${name} certs`;
  if (work !== "keep") return [];
  if (phase === "trusted" || phase === "swapping")
    return [
      `The rotation of ${name} is under way: hosts trust the old and the new one. Continue it with ${run("rotate")}`,
    ];
  return phase === "issuing"
    ? [`${name} was replaced, and hosts still trust the old one too. Drop that with ${run("drop")}`]
    : [];
}
