import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pathFunctions } from "#engine/shell/paths.ts";
import { TaskError } from "#engine/errors.ts";
import type { Query } from "#engine/queries/define.ts";

const run = promisify(execFile);

/** Asks this machine, with one shell in one process as the runner does. Rejects with an answer that is an error. */
export async function ask<State>(queries: readonly Query<State>[]): Promise<(State | undefined)[]> {
  const kind = queries[0]?.of;
  if (!kind) return [];
  const keys = queries.map(({ key }) => key);
  if (!("ask" in kind)) {
    const answers = await kind.get(keys);
    return keys.map((key) => answers.get(key));
  }
  const { stdout } = await run("sh", ["-c", `${pathFunctions}\n(\n${kind.ask(keys)}\n)\nprintf '\\nend\\n'`], {
    maxBuffer: 64 << 20,
  });
  const answers = kind.parse(stdout.slice(0, -"\nend\n".length), keys);
  return keys.map((key) => {
    const state = answers.get(key);
    if (state instanceof TaskError) throw state;
    return state;
  });
}
