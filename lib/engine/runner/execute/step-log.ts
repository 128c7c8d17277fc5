import type { Result } from "../../connection/types.ts";
import { isHidden } from "../../tasks/hiding.ts";
import type { AnyResource } from "../../tasks/task.ts";
import { endsOf, type ShownStep } from "../events/shown-step.ts";

/** A step that has ended, with what it printed as far as it may be shown. */
export interface StepReport extends ShownStep {
  readonly does: string;
}

/** The steps of one task that its result lists: with -v those that printed something, with -vv all, with -vvv their scripts. */
export class StepLog {
  readonly #verbose: number;
  readonly #steps: ShownStep[] = [];

  constructor(verbose = 0) {
    this.#verbose = verbose;
  }

  get steps(): readonly ShownStep[] {
    return this.#steps;
  }

  readonly add = ({ does, stdout, stderr, ...step }: StepReport): void => {
    if (this.#verbose === 0 || (this.#verbose === 1 && `${stdout}${stderr}`.trim() === "")) return;
    this.#steps.push({ ...(this.#verbose > 2 && { does }), ...endsOf({ stdout, stderr }), ...step });
  };

  /** The failure of the task with its steps: also without -v, what the message lacks. */
  withFailure<Failure extends { readonly steps: readonly ShownStep[] }>(failure: Failure): Failure {
    return this.#steps.length > 0 ? { ...failure, steps: this.#steps } : failure;
  }

  /** What a task reads is shown like the output of a step. */
  addRead(resource: AnyResource, props: object, output: unknown): void {
    if (resource.reads && !isHidden(props) && isResult(output)) this.add({ does: resource.label(props), ...output });
  }
}

const isResult = (output: unknown): output is Result =>
  typeof output === "object" && output !== null && "stdout" in output && "stderr" in output && "code" in output;
