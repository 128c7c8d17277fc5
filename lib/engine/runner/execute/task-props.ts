import type { Query } from "../../queries/define.ts";
import { isProvisional } from "../../tasks/output.ts";
import type { AnyResource } from "../../tasks/task.ts";
import type { Outputs } from "../state/outputs.ts";
import { propsOf, type PlannedTask } from "../plan/plan.ts";
import { taintProps } from "../plan/taint-props.ts";

/** The props of one host's tasks as far as they are known, and the queries that follow from them. */
export class TaskProps {
  readonly #outputs: Outputs;
  readonly #props = new Map<PlannedTask, object>();
  #asked = false;

  readonly #check: boolean;

  constructor(outputs: Outputs, check = false) {
    this.#check = check;
    this.#outputs = outputs;
  }

  /** Resolved once, because templates are rendered in it. Undefined while an output is missing. */
  props(planned: PlannedTask): object | undefined {
    const known = this.#props.get(planned);
    if (known) return known;
    const props = propsOf(planned, this.#outputs.made);
    if (!props) return undefined;
    if (taintProps(planned, props, this.#outputs.made)) this.#outputs.hide(planned.task);
    if (!isProvisional(planned.task.props, this.#outputs.made)) this.#props.set(planned, props);
    return props;
  }

  /** Outputs have changed. */
  forget(): void {
    this.#props.clear();
  }

  /** The queries of a task; none if its props cannot be resolved, which the task itself reports in its turn. */
  needs(planned: PlannedTask, resource: AnyResource): Query<unknown>[] {
    try {
      const props = this.props(planned);
      return props ? Object.values(resource.needs(props) as Record<string, Query<unknown>>) : [];
    } catch {
      return [];
    }
  }

  /**
   * The queries of later tasks as far as they are known now. Volatile queries are asked early only once, and a role's own
   * commands never: a failure or the end of the play may come before their task.
   */
  ahead(tasks: readonly PlannedTask[]): Query<unknown>[] {
    const again = this.#asked;
    this.#asked = true;
    const all: Query<unknown>[] = [];
    for (const planned of tasks) {
      const { condition, conditions, does, delegate, user } = planned.task;
      if (!condition || conditions.length > 0 || delegate !== undefined || user !== undefined) continue;
      if (!("resource" in does)) continue;
      const needs = this.needs(planned, does.resource).filter(({ of }) => !of.runsCommands);
      all.push(
        ...(again ? needs.filter((query) => !query.of.volatile) : needs),
        ...this.#required(planned, does.resource),
      );
      // A second change would make all answers stale again.
      if (again && !does.resource.together && this.#touchesAll(planned, does.resource)) break;
    }
    return all;
  }

  /** What only a check asks for. */
  #required(planned: PlannedTask, resource: AnyResource): Query<unknown>[] {
    const props = this.#check ? this.#props.get(planned) : undefined;
    return props ? (resource.requires?.(props) ?? []).map(({ query }) => query) : [];
  }

  #touchesAll(planned: PlannedTask, resource: AnyResource): boolean {
    try {
      const props = this.props(planned);
      return props === undefined || (resource.effects?.(props, []).includes("everything") ?? false);
    } catch {
      return true;
    }
  }

  /** Whether the conditions that depend on outputs hold; undefined while one is unknown. */
  holds({ task }: PlannedTask): boolean | undefined {
    if (!task.condition) return false;
    let known = true;
    for (const { source, read, fallback } of task.conditions) {
      const made = this.#outputs.made(source);
      if (made ? !read(made.value) : fallback?.value === false) return false;
      if (!made && !fallback) known = false;
    }
    return known ? true : undefined;
  }
}
