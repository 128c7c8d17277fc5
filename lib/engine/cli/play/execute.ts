import os from "node:os";
import path from "node:path";
import { connect } from "../../connection/connect.ts";
import { unlessInterrupted } from "../../connection/interruption.ts";
import { connectLocal } from "../../connection/local.ts";
import { tunnels } from "../../connection/tunnels.ts";
import { OptionError } from "../../errors.ts";
import { leadTunnels } from "../../inventory/lead-tunnels.ts";
import { fileNameOf } from "../../files.ts";
import { Failures, runId, RunFiles, typed } from "../../report/index.ts";
import {
  Journal,
  playHosts,
  readEnvironment,
  run,
  Seal,
  type Answer,
  type LockOptions,
  type RunEvent,
  type RunInput,
} from "../../runner/index.ts";
import { ask, askWhether } from "../ask.ts";
import { askPassphrases } from "./ask-passphrases.ts";
import { saveArguments } from "./saved-arguments.ts";
import { sourcesFor } from "./playbook-sources.ts";
import { cutOff, exitAfterInterrupt, interrupt, requested, stopping } from "./interrupts.ts";
import type { CommandLine } from "../options.ts";
import type { PreparedRun } from "./prepare.ts";

export interface ExecuteOptions extends Pick<RunInput, "refuses" | "beforeChange" | "beforeAddition" | "answered"> {
  /**
   * Consumers of the run's events, in which secrets are masked. `real` is the same event without the mask, for what the
   * program itself reads again, such as names of hosts: it must not be shown.
   */
  readonly views: readonly { take(event: RunEvent, real: RunEvent): void }[];
  /** Whether the run is recorded in a folder of .kubeplay/runs/. */
  readonly recorded: boolean;
}

/** Runs a prepared playbook. Returns the exit code. */
export async function execute(
  prepared: PreparedRun,
  line: CommandLine,
  root: string,
  how: ExecuteOptions,
): Promise<number> {
  const { playbook, inventory, files, variables, mask } = prepared;
  const { views, recorded, ...watching } = how;
  const failures = new Failures();
  const id = runId(new Date());
  const kept = path.join(root, ".kubeplay");
  // Inventories stand for different clusters, and two of them may use one name for different hosts.
  const inventoryName = fileNameOf(files.map((file) => path.relative(root, path.resolve(root, file))).join(","));
  const all = recorded
    ? [
        new RunFiles(path.join(kept, "runs", id), {
          given: saveArguments(line, root, mask, () => Seal.of(root)),
          sources: sourcesFor(line, root),
          environment: () => readEnvironment(() => Seal.of(root)),
        }),
        ...views,
      ]
    : views;
  const hosts = new Set(playbook.flatMap((play) => playHosts(play, inventory, line.limit).map(({ name }) => name)));
  await askPassphrases(
    [...hosts].map((host) => inventory.target(host)),
    mask,
    ask,
  );
  leadTunnels(inventory);
  const code = await run({
    id,
    playbookName: line.playbook,
    playbook,
    inventory,
    variables,
    options: line,
    connect: (target) => connect(target, cutOff()),
    located: (target, addresses) => tunnels.lead(target, addresses),
    journal: new Journal(path.join(kept, "pending-handlers", inventoryName), line.check),
    emit: (event: RunEvent) => {
      const covered = mask.cover(event);
      failures.take(covered);
      takeAll(all, covered, event);
    },
    stopping,
    cutOff: cutOff(),
    ...(line.step && { ask: askUnlessInterrupted }),
    locks: locks(id, line.lockTimeout, path.join(kept, "locks", inventoryName)),
    ...watching,
  }).finally(() => tunnels.close());
  const last = failures.lines(typed(process.argv.slice(2), process.env, (word) => mask.isIn(word)));
  if (last.length > 0) console.log(`\n${last.join("\n")}`);
  exitAfterInterrupt(code);
  return code;
}

/** Each view takes the event, even if another one fails. Throws the first failure. */
function takeAll(views: ExecuteOptions["views"], covered: RunEvent, real: RunEvent): void {
  const failed = views.flatMap((view): unknown[] => {
    try {
      view.take(covered, real);
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (failed.length > 0) throw failed[0];
}

/** In a terminal, Ctrl-C at the question is an answer and no signal. */
async function askUnlessInterrupted(task: string): Promise<Answer> {
  try {
    return await unlessInterrupted(() => askWhether(task), requested());
  } catch (error) {
    if (error instanceof OptionError) console.error(error.message);
    interrupt();
    return "no";
  }
}

/** Seconds to wait for a shell on the controller. */
const patienceOfController = 10;

function locks(id: string, patience: number, controllerFile: string): LockOptions {
  return {
    holder: `${os.userInfo().username}@${os.hostname()}, run ${id}, since ${new Date().toISOString().slice(0, 19)}Z`,
    patience,
    controllerFile,
    controller: () => connectLocal({ name: "the controller", connectTimeout: patienceOfController }),
  };
}
