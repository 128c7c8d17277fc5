import type { Contender, Course } from "../contenders/contender.ts";
import { kubeplay } from "../contenders/kubeplay.ts";
import type { Progress } from "../progress.ts";

/** Makes the workload with kubeplay if all contenders only read. */
export async function makeThings(contenders: readonly Contender[], course: Course, progress: Progress): Promise<void> {
  if (!contenders.some(({ changes }) => changes)) await kubeplay.lap(course, "make the workload", progress);
}
