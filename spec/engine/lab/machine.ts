import { setTimeout as sleep } from "node:timers/promises";
import { onConsole, podman } from "../../console.ts";
import { forget, on } from "./host.ts";

/** Drops all packets from the host to the controller without notice. */
export async function cutOff(host: string): Promise<void> {
  await onConsole(host, `ip route add blackhole ${await controllerOf(host)}/32`);
}

export async function connectAgain(host: string): Promise<void> {
  await onConsole(host, `ip route del blackhole ${await controllerOf(host)}/32 2>/dev/null || :`);
}

/** The controller's address on the lab's network, which is the host's default route. */
const controllerOf = async (host: string): Promise<string> =>
  (await onConsole(host, "ip -4 route show default")).split(" ")[2] ?? "";

/** Kills the host as in a power cut, and starts it. */
export async function reboot(host: string): Promise<void> {
  await podman("kill", host);
  await podman("start", host);
}

/** Starts a host once it has shut down by itself. */
export async function startWhenDown(host: string): Promise<void> {
  while ((await podman("inspect", "--format", "{{.State.Running}}", host)) === "true") await sleep(200);
  await podman("start", host);
}

/** Waits until the host accepts connections, and forgets its earlier ones. */
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
