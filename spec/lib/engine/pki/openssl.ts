import { spawnSync } from "node:child_process";

/** The output of the openssl command. Throws an Error with the output if the exit code is not 0. */
export function openssl(args: readonly string[], input = ""): string {
  const { stdout, stderr, status, error } = spawnSync("openssl", args, { input, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr || stdout}`);
  return stdout + stderr;
}
