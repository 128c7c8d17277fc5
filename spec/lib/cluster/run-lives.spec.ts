import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { quote } from "kubeplay";
import { runLives } from "#cluster/run-lives.ts";
import { until } from "../../until.ts";

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
      await until("the wait ended after its run was killed", () => !lives());
    });

  it("goes on if only a process above its connection ends, such as sshd's listener", async () => {
    const inner = `sh -c ${quote(`sh -c ${quote(wait)} & wait`)}`;
    const connection = `require("child_process").spawnSync("sh", ["-c", process.argv[1]], { stdio: "inherit" })`;
    const listener = spawn("sh", ["-c", `node -e ${quote(connection)} ${quote(inner)} & echo $!; wait`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const lines: string[] = [];
    const read = createInterface(listener.stdout).on("line", (line) => lines.push(line));
    await until("both processes run", () => lines.length === 2);
    const [session = "", waits = ""] = lines;
    listener.kill("SIGKILL");
    await sleep(1500);
    expect(existsSync(`/proc/${waits}`), "after the listener has ended").to.equal(true);
    process.kill(Number(session), "SIGKILL");
    await until("the wait ended with its connection", () => !existsSync(`/proc/${waits}`));
    read.close();
  });
});
