import type { Contender, Course } from "../contenders/contender.ts";
import { kubeplay } from "../contenders/kubeplay.ts";
import type { Progress } from "../progress.ts";

/** Who only reads wants something to read: where no contender makes it, kubeplay does beforehand. */
export async function makeThings(contenders: readonly Contender[], course: Course, progress: Progress): Promise<void> {
  if (!contenders.some(({ changes }) => changes)) await kubeplay.lap(course, "what is read is made", progress);
}
