import type { Progress } from "#lib/resources/define.ts";

/** "8 s", "2 min 05 s". */
export function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Tells once a second how far `work` is and how long it has taken; `work` says what it is at. */
export async function timed<T>(progress: Progress, work: (at: (line: string) => void) => Promise<T>): Promise<T> {
  const start = performance.now();
  let latest = "";
  const tell = (): void => {
    if (latest) progress(`${latest} (${duration((performance.now() - start) / 1000)})`);
  };
  const timer = setInterval(tell, 1000);
  try {
    return await work((line) => {
      const first = latest === "";
      latest = line;
      if (first) tell();
    });
  } finally {
    clearInterval(timer);
  }
}
