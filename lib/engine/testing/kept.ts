import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { play } from "../dsl/play.ts";
import type { Role } from "../dsl/role.ts";
import { inventoryVariables } from "../inventory/connection-variables.ts";
import { loadInventory } from "../inventory/load.ts";
import { Terminal } from "../report/index.ts";
import { Journal, Mask, run, Variables, type RunEvent } from "../runner/index.ts";
import type { ContainerHost } from "./container-host.ts";

/** On what host a role is kept, and what is expected of it. */
export interface KeptOptions {
  readonly on: Pick<ContainerHost, "name" | "connect">;
  /** The host's variables. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

/**
 * Plays a role on a host three times: foretold by a check, done, and done again. Resolves to the names of the tasks and
 * handlers that changed something. Rejects with Error, and the output of the play, if a task fails, if the run changes
 * other things than the check foretold, or if the second run changes anything.
 *
 * @example
 * assert.deepEqual(await kept(motd, { on: host }), ["Write the message"]);
 * assert.equal(await host.on("cat /etc/motd"), "Hello");
 */
export async function kept(role: Role, options: KeptOptions): Promise<readonly string[]> {
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-kept-"));
  try {
    const foretold = await played("the check", role, options, { root, check: true });
    const done = await played("the run", role, options, { root, check: false });
    refuse(foretold, done, "the run changed other things than the check foretold");
    const again = await played("the second run", role, options, { root, check: false });
    refuse({ ...again, changes: [] }, again, "the second run changed something");
    return done.changes.map(({ task }) => task);
  } finally {
    rmSync(root, { recursive: true });
  }
}

interface Change {
  readonly task: string;
  readonly what: readonly string[];
}

interface Played {
  readonly changes: readonly Change[];
  readonly output: string;
}

const describeChange = ({ task, what }: Change): string => (what.length > 0 ? `${task} (${what.join(", ")})` : task);

function refuse(expected: Played, { changes, output }: Played, problem: string): void {
  const [wanted, found] = [expected.changes, changes].map((all) => all.map(describeChange).join("\n  ") || "nothing");
  if (wanted !== found)
    throw new Error(`${problem}.\nExpected:\n  ${String(wanted)}\nChanged:\n  ${String(found)}\n${output}`);
}

async function played(
  which: string,
  role: Role,
  { on, vars = {} }: KeptOptions,
  { root, check }: { readonly root: string; readonly check: boolean },
): Promise<Played> {
  const file = path.join(root, "hosts.yaml");
  writeFileSync(file, JSON.stringify({ all: { hosts: { [on.name]: vars } } }));
  const inventory = loadInventory({ file, root });
  const mask = new Mask();
  const known = [inventoryVariables, role];
  const lines: string[] = [];
  const terminal = new Terminal({ diff: true, verbosity: 0, width: 100, print: (line) => lines.push(line) });
  const changes: Change[] = [];
  const code = await run({
    id: "spec",
    playbookName: role.name,
    playbook: [play({ name: role.name, hosts: "all", roles: [role] })],
    inventory,
    variables: new Variables(inventory, known, [{ host: on.name, roles: [role] }], mask),
    options: { tags: [], skipTags: [], check, diff: true, forks: 1 },
    connect: () => Promise.resolve(on.connect()),
    journal: new Journal(path.join(root, "journal"), check),
    emit: (event: RunEvent) => {
      const covered = mask.cover(event);
      terminal.take(covered);
      if (covered.type === "task" && covered.outcome === "changed")
        changes.push({ task: covered.task, what: covered.differences.map(({ what }) => what) });
    },
  });
  const output = lines.join("\n");
  if (code !== 0) throw new Error(`${which} failed:\n${output}`);
  return { changes, output };
}
