import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { forget, on } from "./host.ts";

/** What can be done to a host from outside, whatever state its network and its sshd are in. */
async function podman(...args: readonly string[]): Promise<string> {
  const words = process.getuid?.() === 0 ? ["podman", ...args] : ["sudo", "-n", "podman", ...args];
  const [program = "", ...rest] = words;
  return (await promisify(execFile)(program, rest)).stdout.trim();
}

/** A command on a host's console, as it were. */
export const onConsole = (host: string, command: string): Promise<string> => podman("exec", host, "sh", "-c", command);

/** From now on no packet of the host's reaches the controller, and nobody is told so. */
export async function cutOff(host: string): Promise<void> {
  await onConsole(host, `ip route add blackhole ${await controllerOf(host)}/32`);
}

export async function connectAgain(host: string): Promise<void> {
  await onConsole(host, `ip route del blackhole ${await controllerOf(host)}/32 2>/dev/null || :`);
}

/** The controller's address on the lab's network: the host's way to all others. */
const controllerOf = async (host: string): Promise<string> =>
  (await onConsole(host, "ip -4 route show default")).split(" ")[2] ?? "";

/** Everything on it ends at once, as with a power cut, and it boots. */
export async function reboot(host: string): Promise<void> {
  await podman("kill", host);
  await podman("start", host);
}

/** Starts a host once it has gone down by itself. */
export async function startWhenDown(host: string): Promise<void> {
  while ((await podman("inspect", "--format", "{{.State.Running}}", host)) === "true") await sleep(200);
  await podman("start", host);
}

/** Waits until the host takes connections, and forgets those that it had. */
export async function isBack(host: string): Promise<void> {
  await forget(host);
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      await on(host, "true");
      return;
    } catch (error) {
      await forget(host);
      if (Date.now() > end) throw error;
      await sleep(500);
    }
  }
}
