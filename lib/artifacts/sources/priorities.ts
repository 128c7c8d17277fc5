import { setPriority } from "node:os";

/** Niceness: lab hosts on this machine take precedence over every build. */
const soonest = 10;
const others = 19;

/** The process of each running build, and how soon the build is needed. */
const running = new Map<number, number>();

/** Children inherit the priority of their parent, so a compiler that starts later has the new one. */
function share(): void {
  const first = Math.min(...running.values());
  for (const [pid, order] of running)
    try {
      setPriority(pid, order === first ? soonest : others);
    } catch {
      // It has just ended, or only root may raise a priority: then the build keeps the one that it has.
    }
}

/** Of the builds that run side by side, the soonest needed one gets most of the processors until `work` has ended. */
export async function withPriority<T>(pid: number | undefined, order: number, work: PromiseLike<T>): Promise<T> {
  if (pid === undefined) return work;
  running.set(pid, order);
  share();
  try {
    return await work;
  } finally {
    running.delete(pid);
    share();
  }
}
