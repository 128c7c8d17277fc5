import type { Query } from "../../queries/define.ts";
import type { AnyResource } from "../../tasks/task.ts";
import type { Outputs } from "../state/outputs.ts";
import { propsOf, type PlannedTask } from "../plan/plan.ts";

/** The properties of one host's tasks as far as they are known, and what the tasks will ask with them. */
export class TaskProps {
  readonly #outputs: Outputs;
  readonly #props = new Map<PlannedTask, object>();
  #asked = false;

  constructor(outputs: Outputs) {
    this.#outputs = outputs;
  }

  /** Made once: templates are rendered in it. Undefined while an output is not made. */
  props(planned: PlannedTask): object | undefined {
    const props = this.#props.get(planned) ?? propsOf(planned, this.#outputs.made);
    if (props) this.#props.set(planned, props);
    return props;
  }

  /** What a task will ask. Where that cannot be told, the task itself says why when its turn comes. */
  needs(planned: PlannedTask, resource: AnyResource): Query<unknown>[] {
    try {
      const props = this.props(planned);
      return props ? Object.values(resource.needs(props) as Record<string, Query<unknown>>) : [];
    } catch {
      return [];
    }
  }

  /** What the tasks ahead will ask, as far as it can be told now. Volatile answers are not worth asking early again. */
  ahead(tasks: readonly PlannedTask[]): Query<unknown>[] {
    const again = this.#asked;
    this.#asked = true;
    const all: Query<unknown>[] = [];
    for (const planned of tasks) {
      const { condition, conditions, does, delegate, user } = planned.task;
      if (!condition || conditions.length > 0 || delegate !== undefined || user !== undefined) continue;
      if (!("resource" in does)) continue;
      const needs = this.needs(planned, does.resource);
      all.push(...(again ? needs.filter((query) => !query.of.volatile) : needs));
      // Where one change was due, another may be: after it all would be asked again.
      if (again && !does.resource.together && this.#touchesAll(planned, does.resource)) break;
    }
    return all;
  }

  #touchesAll(planned: PlannedTask, resource: AnyResource): boolean {
    try {
      const props = this.props(planned);
      return props === undefined || (resource.effects?.(props, []).includes("everything") ?? false);
    } catch {
      return true;
    }
  }

  /** Whether the conditions that earlier tasks decide hold; undefined while one cannot be told. */
  holds({ task }: PlannedTask): boolean | undefined {
    if (!task.condition) return false;
    let known = true;
    for (const { source, read } of task.conditions) {
      const made = this.#outputs.made(source);
      if (made && !read(made.value)) return false;
      if (!made) known = false;
    }
    return known ? true : undefined;
  }
}
