import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { counter, type Outcome } from "./tally.ts";

// Looks a name up ten times a second until its input ends: `lookups.ts NAME SERVER`. Prints a tally in JSON.
const [, , name = "", server = ""] = process.argv;
const lookups = counter();

/** A resolver of its own has a port of its own, so that look-ups do not all go to the same pod. */
async function look(): Promise<Outcome> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([server]);
  try {
    await resolver.resolve4(name);
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const over = new AbortController();
const running = new Set<Promise<unknown>>();
process.stdin.on("end", () => over.abort()).resume();
while (!over.signal.aborted) {
  const pause = sleep(100);
  const one = lookups.count(look, look);
  running.add(one);
  void one.finally(() => running.delete(one));
  await pause;
}
await Promise.all(running);
process.stdout.write(`${JSON.stringify(lookups.tally())}\n`, () => process.exit(0));
