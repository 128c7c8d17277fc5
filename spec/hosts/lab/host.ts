import { execFileSync } from "node:child_process";
import { connect } from "#lib/connection/connect.ts";
import type { Target, Writer } from "#lib/connection/types.ts";
import { loadInventory } from "#lib/inventory/load.ts";

const inventory = "spec/hosts/lab/hosts.yaml";

const play = (...args: readonly string[]): void => {
  execFileSync("node", ["lib/cli/kubeplay.mjs", "-i", inventory, ...args, "lab"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
};

/** How the specs' host is reached: over SSH, as a user who becomes root through sudo. */
export const target: Target = loadInventory({ file: inventory, root: process.cwd() }).target("spec-1");

let connection: Promise<Writer> | undefined;

/** The one connection that specs share, unless they are about connections. */
export const host = (): Promise<Writer> => (connection ??= connect(target));

/** What a command prints on the host, without its last newline. A command that fails is an error. */
export async function on(command: string): Promise<string> {
  const { stdout, stderr, code } = await (await host()).run(command);
  if (code !== 0) throw new Error(`${command}: exit code ${code}: ${stderr}`);
  return stdout.trimEnd();
}

/** A bare host for the specs of one run, by the same play that makes everybody's lab: whoever imports this gets it. */
before("the specs' host is made", function () {
  this.timeout(300_000);
  play("-e", "lab_state=absent");
  play();
});

after("the specs' host is taken away", async function () {
  this.timeout(60_000);
  await (await connection)?.close();
  play("-e", "lab_state=absent");
});
