import { unlessInterrupted } from "../connection/interruption.ts";
import type { Play } from "../dsl/play.ts";
import { InterruptedError } from "../errors.ts";
import type { Facts } from "../facts/types.ts";
import type { Host } from "../inventory/types.ts";
import { sleepUnless } from "../tasks/sleep-unless.ts";
import { reasonOf } from "./events/reason.ts";
import { asUser } from "./execute/task-targets.ts";
import { askedForAddress } from "./plan/addresses.ts";
import type { RunContext } from "./run-context.ts";
import { isUnreachable, type LiveHost } from "./state/live-hosts.ts";

/** Milliseconds between two tries to reach a host that may still be starting. */
const pause = 2000;

/** Called for a host that is reached but must not be played on. */
export type NotStarted = (host: Host, task: string, message: string) => void;

/** Connects to the hosts of a play, all at once, and keeps their facts. A host that is not reached is reported and left out. */
export async function reachHosts(
  play: Play,
  hosts: readonly Host[],
  run: RunContext,
  notStarted: NotStarted,
): Promise<Map<Host, LiveHost>> {
  const live = new Map<Host, LiveHost>();
  await Promise.all(
    hosts.map(async (host) => {
      const found = await reach(play, host, run, notStarted);
      if (found) live.set(host, found);
    }),
  );
  return live;
}

async function reach(play: Play, host: Host, run: RunContext, notStarted: NotStarted): Promise<LiveHost | undefined> {
  const { input, hosts, gone, stopping, abandoned } = run;
  const giveUp = Date.now() + (play.waitForConnection ?? 0) * 1000;
  while (!stopping())
    try {
      const target = asUser(input.inventory.target(host.name), undefined, play.become ?? false);
      const live = await unlessInterrupted(() => hosts.reach(target, play.timeout), abandoned);
      const refusal = input.refuses?.(host.name);
      if (refusal !== undefined) {
        gone.add(host.name);
        notStarted(host, "Comparing with the plan", refusal);
        return undefined;
      }
      keepFacts(host, live.facts, run);
      input.journal.agree(host.name, live.owed);
      return live;
    } catch (error) {
      if (error instanceof InterruptedError) return undefined;
      if (!isUnreachable(error) || Date.now() >= giveUp) {
        reportLost(play, host, run, notStarted, error);
        return undefined;
      }
      await sleepUnless(stopping, pause);
    }
  return undefined;
}

function keepFacts({ name, interface: device }: Host, facts: Facts, run: RunContext): void {
  run.facts.set(name, facts);
  if (device === undefined) return;
  const own = facts.addresses.filter((one) => one.interface === device);
  run.input.located?.(
    run.input.inventory.target(name),
    own.map(({ address }) => address),
  );
}

function reportLost(
  play: Play,
  host: Host,
  { gone, unreachable, emit }: RunContext,
  notStarted: NotStarted,
  error: unknown,
): void {
  gone.add(host.name);
  if (!isUnreachable(error)) {
    notStarted(host, "Gathering Facts", reasonOf(error));
    return;
  }
  unreachable.add(host.name);
  emit({ type: "unreachable", play: play.name, host: host.name, message: error.message, transient: !error.final });
}

/** Gathers the facts of hosts outside the play whose address others need and the inventory does not give. */
export async function askForAddresses(run: RunContext): Promise<void> {
  const { input, hosts, facts, gone, silent } = run;
  const asked = askedForAddress(input.inventory).filter(
    ({ name }) => !facts.has(name) && !gone.has(name) && !silent.has(name),
  );
  await Promise.all(
    asked.map(async (host) => {
      const { name } = host;
      const live = await hosts.reach(input.inventory.target(name)).catch(() => undefined);
      if (live) keepFacts(host, live.facts, run);
      else silent.add(name);
    }),
  );
}
