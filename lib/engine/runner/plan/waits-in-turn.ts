import { TaskError } from "../../errors.ts";
import { isBlock, tasksIn, type Block, type Item } from "../../tasks/block.ts";
import type { Task } from "../../tasks/task.ts";

/**
 * Throws TaskError if hosts wait for each other in a block that they do in turn: one would have the turn, and wait for a
 * host that waits for its turn.
 */
export function refuseWaitsInTurn(role: string, items: readonly Item[]): void {
  for (const block of blocksIn(items)) {
    if (!block.turns) continue;
    const parts = [...block.tasks, ...block.rescued, ...block.finally];
    const inner = blocksIn(parts).find(({ turns }) => turns !== undefined);
    const task = tasksIn(parts).find((one) => isBarrier(one) || one.once);
    const what = inner
      ? `the block "${inner.name}", which hosts do in turn too`
      : task && (task.once ? `"${task.name}", which one host does for all` : `the barrier "${task.name}"`);
    if (what !== undefined)
      throw new TaskError(
        `the role ${role}: hosts do the block "${block.name}" in turn, but it has ${what}: a host would wait there for others that wait for their turn. Put it before or after the block`,
      );
  }
}

const isBarrier = ({ does }: Task): boolean => "meta" in does && does.meta === "barrier";

const blocksIn = (items: readonly Item[]): Block[] =>
  items.flatMap((item) =>
    isBlock(item) ? [item, ...blocksIn([...item.tasks, ...item.rescued, ...item.finally])] : [],
  );
