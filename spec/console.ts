import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs podman on a lab host from outside, regardless of the state of its network and its sshd. */
export async function podman(...args: readonly string[]): Promise<string> {
  const words = process.getuid?.() === 0 ? ["podman", ...args] : ["sudo", "-n", "podman", ...args];
  const [program = "", ...rest] = words;
  return (await promisify(execFile)(program, rest)).stdout.trim();
}

/** Runs a command on a host as on its console. */
export const onConsole = (host: string, command: string): Promise<string> => podman("exec", host, "sh", "-c", command);
