import { spawnSync } from "node:child_process";

/** What the openssl command says; an exit code other than 0 is an error with its words. */
export function openssl(args: readonly string[], input = ""): string {
  const { stdout, stderr, status, error } = spawnSync("openssl", args, { input, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr || stdout}`);
  return stdout + stderr;
}
