import { spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { expect } from "chai";
import { lastSummary, measured, onHost, type } from "../cluster/lab.ts";

const play = ["npm", "run", "--silent", "play", "--"];

/**
 * One round: no lab, then site, then site and --check without changes. `before` are words in front of each command,
 * `processors` those that a host must have then.
 */
export async function round(before: readonly string[], processors?: string): Promise<void> {
  const [program = "", ...words] = [...before, ...play];
  const run = async (...args: string[]) => {
    const { code, output, seconds } = await type(program, ...words, ...args);
    expect(code, output).to.equal(0);
    return seconds;
  };
  await run("-e", "lab_state=absent", "lab");
  rmSync(".kubeplay/lab", { recursive: true, force: true });
  measured("site from no lab", await run("site"));
  if (processors !== undefined) {
    const { output } = await onHost("10.187.0.11", "grep Cpus_allowed_list /proc/1/status");
    expect(output.trim().split(/\s+/).at(-1), "the processors of a host").to.equal(processors);
  }
  measured("site with nothing to do", await run("site"));
  expect(lastSummary().changes).to.deep.equal([]);
  measured("--check with nothing to do", await run("--check", "site"));
  expect(lastSummary().changes).to.deep.equal([]);
}

/** Starts programs that use one processor each, until they are ended or the seconds are over. */
export function busyLoops(count: number, seconds: number): { end(): void } {
  const loops: ChildProcess[] = Array.from({ length: count }, () =>
    spawn("timeout", [String(seconds), "sh", "-c", "while :; do :; done"], { stdio: "ignore" }),
  );
  return { end: () => loops.forEach((loop) => loop.kill()) };
}
