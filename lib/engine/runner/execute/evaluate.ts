import type { Progress } from "../../tasks/resource.ts";
import type { AnyResource } from "../../tasks/task.ts";
import { compare, isDrift, unchanged, type CompareOptions, type Evaluation } from "./compare.ts";
import type { ChangeOptions, ExecutionMode } from "./mode.ts";
import type { StepOptions } from "./steps.ts";

export interface EvaluateOptions
  extends
    Omit<CompareOptions, "toleratesFailedReads" | "wait">,
    Omit<StepOptions, "chain">,
    Pick<ChangeOptions, "lock" | "begin"> {
  readonly mode: ExecutionMode;
  readonly progress: Progress;
  /** The properties, once the answers no longer hold; undefined if there is nothing more to do. The same by default. */
  readonly renewed?: () => Promise<object | undefined>;
}

/** Compares a resource with its desired state, and changes it if they differ. Throws TaskError if that does not help. */
export async function evaluate(resource: AnyResource, props: object, options: EvaluateOptions): Promise<Evaluation> {
  const { mode, progress, stopping = () => false, limits } = options;
  const wait = { progress, stopping, timeout: limits?.task };
  const { toleratesFailedReads } = mode;
  let current: object | undefined = props;
  while (current) {
    const compared = await compare(resource, current, { ...options, wait, toleratesFailedReads });
    const evaluation = isDrift(compared) ? await mode.change(compared, { ...options, wait }) : compared;
    if (evaluation) return evaluation;
    if (options.renewed) current = await options.renewed();
  }
  return unchanged;
}
