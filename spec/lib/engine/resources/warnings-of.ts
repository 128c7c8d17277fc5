import { readOnly } from "#engine/connection/reader.ts";
import type { Writer } from "#engine/connection/types.ts";
import type { Task } from "#engine/tasks/task.ts";
import { compare } from "#engine/runner/execute/compare.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";

/** The warnings of a task that changes nothing on a host. */
export async function warningsOf(writer: Writer, { does, props }: Task): Promise<readonly string[]> {
  if (!("resource" in does)) throw new Error("an action has no warnings");
  const warnings: string[] = [];
  await compare(does.resource, props, {
    states: new States(readOnly(writer), new Overlay(), new Overlay()),
    ahead: () => [],
    showBefore: false,
    warn: (message) => warnings.push(message),
  });
  return warnings;
}
