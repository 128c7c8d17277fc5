import type { Query } from "../../queries/define.ts";
import { unit, type UnitState } from "../../queries/unit.ts";
import type { Handler } from "../../tasks/task.ts";
import { usualTasks, type PlannedBlock, type PlannedTask, type PlannedTurn } from "../plan/plan.ts";
import { isUnknown } from "../state/states.ts";
import { compare, isDrift } from "./compare.ts";
import type { TaskRunnerOptions } from "./task-runner.ts";

export interface WouldChangeOptions extends Pick<TaskRunnerOptions, "own" | "taskProps"> {
  /** The queries of all later tasks of the host play. */
  readonly ahead: () => readonly Query<unknown>[];
  readonly isPending: (roleId: string, handler: Handler) => boolean;
}

/**
 * How a host takes part in the turns at a block. "first": nothing runs there that the block could break, so that the
 * others rather wait for it. "at once": nothing is to change, or on all hosts at the same time.
 */
export type Part = "first" | "in turn" | "at once";

export async function partIn(block: PlannedBlock, turns: PlannedTurn, o: WouldChangeOptions): Promise<Part> {
  const { states } = o.own;
  if (turns.unit !== undefined) {
    const query = unit(turns.unit);
    if (!states.has(query)) await states.ask([query], o.ahead());
    const state = states.get(query);
    if (!isUnknown(state) && (state as UnitState).active !== "active") return "first";
  }
  let changes = false;
  for (const planned of usualTasks(block.tasks)) {
    const { handlers } = planned.task;
    const pending = handlers.filter((handler) => o.isPending(planned.roleId, handler));
    const changing = await wouldChange(planned, o);
    if ((changing ? handlers : pending).some(({ name }) => name === turns.together?.name)) return "at once";
    changes ||= changing || pending.length > 0;
  }
  return changes ? "in turn" : "at once";
}

/** Whether a task would change its host, as far as that is known; true if only the task itself can tell. */
async function wouldChange(planned: PlannedTask, { own, taskProps, ahead }: WouldChangeOptions): Promise<boolean> {
  const { condition, delegate, user, does } = planned.task;
  if (!condition || "meta" in does || taskProps.holds(planned) === false) return false;
  if ("action" in does || delegate !== undefined || user !== undefined) return true;
  if (does.resource.waits || does.resource.reads) return false;
  try {
    const props = taskProps.props(planned);
    if (!props) return true;
    const compared = await compare(does.resource, props, { states: own.states, ahead, showBefore: false });
    return isDrift(compared) || compared.outcome === "changed";
  } catch {
    // It fails again in its turn, and is reported then.
    return true;
  }
}
