import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Plays, and kills the run with SIGKILL after so many seconds. Resolves to false if it ended before. */
export const killed = (inventory: string, seconds: number, ...args: readonly string[]): Promise<boolean> =>
  killedIn("", inventory, seconds, ...args);

/** The same, so many seconds after the play of this name has begun. */
export async function killedIn(
  play: string,
  inventory: string,
  seconds: number,
  ...args: readonly string[]
): Promise<boolean> {
  const words = ["lib/engine/cli/kubeplay.mjs", "-i", inventory, ...args];
  const child = spawn("node", words, { stdio: ["ignore", "pipe", "ignore"], detached: true });
  const ended = once(child, "exit").then(() => false);
  let output = "";
  const begun = new Promise<true>((resolve) => {
    const look = (chunk = ""): void => {
      output += chunk;
      if (play === "" || output.includes(`PLAY [${play}`)) resolve(true);
    };
    child.stdout.on("data", (chunk: Buffer) => look(chunk.toString()));
    look();
  });
  const alive = (await Promise.race([ended, begun])) && (await Promise.race([ended, sleep(seconds * 1000, true)]));
  if (alive && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await ended;
  return alive;
}
