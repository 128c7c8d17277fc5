import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What can be done to a lab host from outside, whatever state its network and its sshd are in. */
export async function podman(...args: readonly string[]): Promise<string> {
  const words = process.getuid?.() === 0 ? ["podman", ...args] : ["sudo", "-n", "podman", ...args];
  const [program = "", ...rest] = words;
  return (await promisify(execFile)(program, rest)).stdout.trim();
}

/** A command on a host's console, as it were. */
export const onConsole = (host: string, command: string): Promise<string> => podman("exec", host, "sh", "-c", command);
