import path from "node:path";
import { InputError } from "../../errors.ts";
import { DriftReport, inOneLine, pastRuns, unendedSince, type PastRun } from "../../report/index.ts";
import { changedSources, playHosts, sameEnvironment, Seal, type Mask } from "../../runner/index.ts";
import { inventoryNames, restoreArguments } from "./saved-arguments.ts";
import { listenForInterrupts, stopping } from "./interrupts.ts";
import type { CommandLine } from "../options.ts";
import { execute } from "./execute.ts";
import { leftOut } from "./left-out.ts";
import { prepare, type PreparedRun } from "./prepare.ts";
import { sourcesFor } from "./playbook-sources.ts";

/**
 * Repeats the last run in check mode. That run ended in the desired state, so every difference is drift. Returns 0 if
 * there is no drift, 2 if there is, 1 if it is unknown.
 */
export async function drift(asked: CommandLine, root: string, mask: Mask): Promise<number> {
  const runs = path.join(root, ".kubeplay", "runs");
  const last = lastRun(runs, asked, root);
  const line = { ...restoreArguments(asked, last.given, () => Seal.of(root)), playbook: last.playbook };
  const prepared = await prepare(line, root, mask);
  const { unknown, known } = hostsSince(last, prepared, asked.limit);
  console.log(`Since the run ${last.id} of ${last.playbook} (now → as that run left it):\n`);
  for (const warning of warnings(last, line, runs, root)) console.log(inOneLine(warning));
  for (const [host, why] of unknown) console.log(inOneLine(`${host}: unknown: ${why}`));
  const ignored = leftOut(prepared, last.given);
  for (const text of ignored) console.log(inOneLine(mask.cover(`Not looked at: ${text}`)));
  if (known.length === 0) {
    console.log("None of these hosts has a desired state from the last run.");
    return 1;
  }
  const found = new DriftReport();
  listenForInterrupts(asked.stopTimeout);
  const code = await execute(prepared, { ...line, limit: known.join(","), diff: true, step: false }, root, {
    views: [found],
    recorded: false,
  });
  for (const text of found.lines) console.log(text);
  if (stopping()) return 99;
  if (code !== 0) return 1;
  const hosts = `${String(known.length)} ${known.length === 1 ? "host" : "hosts"}`;
  const where = ignored.length > 0 ? `${hosts}, in what was looked at` : hosts;
  console.log(found.count === 0 ? `No drift on ${where}.` : `\n${String(found.count)} tasks found drift on ${hosts}.`);
  return found.count === 0 ? 0 : 2;
}

function lastRun(runs: string, { inventory, playbook }: CommandLine, root: string): PastRun {
  const name = inventoryNames(inventory, root).join(", ");
  const last = pastRuns(runs).find(
    (one) => [one.given.inventory].flat().join(", ") === name && (playbook === "" || one.playbook === playbook),
  );
  if (last) return last;
  const what = playbook === "" ? "no run" : `no run of ${playbook}`;
  throw new InputError([
    {
      message: `${what} on ${name} has finished (.kubeplay/runs): there is nothing to compare the hosts with`,
    },
  ]);
}

interface HostsSince {
  /** The hosts whose drift is unknown, each with the reason. */
  readonly unknown: ReadonlyMap<string, string>;
  readonly known: readonly string[];
}

function hostsSince(last: PastRun, { playbook, inventory }: PreparedRun, limit: string | undefined): HostsSince {
  // The limit of the last run stays; the limit given now narrows it further.
  const within = limit === undefined ? undefined : new Set(inventory.select(limit).map(({ name }) => name));
  const played = playbook.flatMap((play) => playHosts(play, inventory, last.given.limit).map(({ name }) => name));
  const asked = [...new Set(played)].filter((name) => within?.has(name) ?? true);
  const unknown = new Map<string, string>();
  for (const name of asked) {
    const recap = Object.hasOwn(last.hosts, name) ? last.hosts[name] : undefined;
    if (last.code === 99) unknown.set(name, "the last run was interrupted");
    else if (!recap) unknown.set(name, "the last run did not reach it");
    else if (recap.failed > 0) unknown.set(name, "it failed in the last run");
    else if (recap.unreachable > 0) unknown.set(name, "it was unreachable in the last run");
  }
  return { unknown, known: asked.filter((name) => !unknown.has(name)) };
}

/** Reasons for differences other than drift on the hosts. */
function warnings(last: PastRun, line: CommandLine, runs: string, root: string): string[] {
  const { environment = {} } = last;
  const changed = [
    ...changedSources(last.sources, sourcesFor(line, root)),
    ...changedSources(
      environment,
      sameEnvironment(environment, () => Seal.of(root)),
    ),
  ];
  const unended = unendedSince(runs, last.id);
  return [
    ...(changed.length > 0
      ? [`The sources have changed since that run, which also shows below: ${changed.join(", ")}`]
      : []),
    ...unended.map((id) => `The run ${id} did not finish, or is still running: its changes are unknown`),
  ];
}
