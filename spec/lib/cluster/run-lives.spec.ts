import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { quote } from "kubeplay";
import { runLives } from "#cluster/run-lives.ts";

const wait = `${runLives}
echo "$$"
while :; do
  run_lives
  sleep 0.1
done`;

/** A wait below two shells, as below those of a connection. Resolves to its process, and what ends the outer shell. */
async function waiting(shell: string) {
  const inner = `${shell} -c ${quote(wait)} & wait`;
  const outer = spawn("sh", ["-c", `sh -c ${quote(inner)} & wait`], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(createInterface(outer.stdout), "line")) as [string];
  return { outer, lives: () => existsSync(`/proc/${line}`) };
}

describe("a wait on a host", () => {
  for (const shell of ["sh", "bash -u"])
    it(`goes on while its run lives, and ends with it (${shell})`, async () => {
      const { outer, lives } = await waiting(shell);
      try {
        await sleep(1500);
        expect(lives(), "while the run lives").to.equal(true);
      } finally {
        outer.kill("SIGKILL");
      }
      for (let tries = 0; lives() && tries < 100; tries++) await sleep(100);
      expect(lives(), "after the run was killed").to.equal(false);
    });
});
