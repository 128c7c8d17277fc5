import { execFileSync } from "node:child_process";
import { closeHost } from "./host.ts";

const play = (...args: readonly string[]): void => {
  execFileSync("npx", ["tsx", "lib/cli/main.ts", "-i", "spec/hosts/lab/hosts.yaml", ...args, "lab"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
};

/** A bare host for the specs of one run, by the same play that makes everybody's lab. */
export function mochaGlobalSetup(): void {
  play("-e", "lab_state=absent");
  play();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await closeHost();
  play("-e", "lab_state=absent");
}
