import { setTimeout as sleep } from "node:timers/promises";
import type { Writer } from "../../connection/types.ts";
import { TaskError, UnreachableError } from "../../errors.ts";
import type { Progress } from "../../tasks/resource.ts";
import { defineAction } from "../../tasks/task.ts";

export interface RebootProps {
  /** Seconds for the host to be back; 600 by default. */
  readonly timeout?: number;
  /** `systemctl reboot` by default. */
  readonly command?: string;
}

/** A container shares its machine's boot id; its first process is another one each time. */
const identity = "cat /proc/sys/kernel/random/boot_id; cut -d' ' -f22 /proc/1/stat";

/** Restarts the host and waits until it answers again. What follows asks everything anew. */
export const reboot = defineAction({
  kind: "reboot",
  label: ({ command = "systemctl reboot" }: RebootProps) => command,
  steps: ({ timeout = 600, command = "systemctl reboot" }) => [
    {
      endsConnection: true,
      overConnection: async (writer, { progress }) => {
        if (writer.local || !writer.reconnect)
          throw new TaskError("the controller is not restarted by what runs on it: restart it yourself");
        const before = await boot(writer);
        const sent = await writer.run(command).catch((error: unknown) => {
          if (!(error instanceof UnreachableError)) throw error;
          return undefined;
        });
        if (sent && sent.code !== 0) throw new TaskError(`exit code ${String(sent.code)}: ${sent.stderr.trim()}`);
        await backAgain(writer, before, timeout, progress);
        return undefined;
      },
    },
  ],
});

const boot = async (writer: Writer): Promise<string> => (await writer.read(identity)).stdout;

async function backAgain(writer: Writer, before: string, timeout: number, progress: Progress): Promise<void> {
  const giveUp = Date.now() + timeout * 1000;
  for (;;) {
    progress("waiting for it to be back");
    try {
      await writer.reconnect?.((giveUp - Date.now()) / 1000);
      if ((await boot(writer)) !== before) return;
    } catch (error) {
      // It may be on its way down, or not up to answer yet.
      if (!(error instanceof UnreachableError)) throw error;
    }
    if (Date.now() >= giveUp) throw new TaskError(`it was not back within ${String(timeout)} seconds`);
    await sleep(1000);
  }
}
