import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Plays, and kills the run with SIGKILL after so many seconds. Resolves to false if it ended before. */
export async function killed(inventory: string, seconds: number, ...args: readonly string[]): Promise<boolean> {
  const words = ["lib/engine/cli/kubeplay.mjs", "-i", inventory, ...args];
  const child = spawn("node", words, { stdio: "ignore", detached: true });
  const ended = once(child, "exit");
  const alive = await Promise.race([ended.then(() => false), sleep(seconds * 1000, true)]);
  if (alive && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await ended;
  return alive;
}
