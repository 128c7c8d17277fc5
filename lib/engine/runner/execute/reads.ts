import type { Outputs } from "../state/outputs.ts";
import type { States } from "../state/states.ts";
import type { PlannedTask } from "../plan/plan.ts";
import { compare, isDrift } from "./compare.ts";
import type { TaskProps } from "./task-props.ts";

interface Done {
  readonly states: States;
  readonly epoch: number;
}

/** The tasks of a host play that only read. Those that did before another run was at work are done again. */
export class Reads {
  readonly #taskProps: TaskProps;
  readonly #outputs: Outputs;
  readonly #done = new Map<PlannedTask, Done>();

  constructor(taskProps: TaskProps, outputs: Outputs) {
    this.#taskProps = taskProps;
    this.#outputs = outputs;
  }

  keep(planned: PlannedTask, states: States): void {
    if ("resource" in planned.task.does && planned.task.does.resource.reads === true)
      this.#done.set(planned, { states, epoch: states.epoch });
  }

  /** Throws TaskError if a task fails now. Later tasks get new properties. */
  async again(): Promise<void> {
    const stale = [...this.#done].filter(([, { states, epoch }]) => states.epoch !== epoch);
    if (stale.length > 0) this.#taskProps.forget();
    for (const [planned, { states }] of stale) {
      const { does } = planned.task;
      const props = this.#taskProps.props(planned);
      if (!props || !("resource" in does)) continue;
      const compared = await compare(does.resource, props, { states, ahead: () => [], showBefore: false });
      this.keep(planned, states);
      if (!isDrift(compared)) this.#outputs.keep(planned.task, compared.output);
    }
  }
}
