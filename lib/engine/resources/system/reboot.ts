import { setTimeout as sleep } from "node:timers/promises";
import type { Writer } from "../../connection/types.ts";
import { TaskError, UnreachableError } from "../../errors.ts";
import type { Progress } from "../../tasks/resource.ts";
import { defineAction } from "../../tasks/task.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of `reboot`. */
export interface RebootProps {
  /** Seconds to wait until the host answers again; 600 by default. */
  readonly timeout?: number;
  /** The shell command that restarts the host; `systemctl reboot` by default. */
  readonly run?: string;
}

/** A container shares its machine's boot id, but has a new first process after each start. */
const identity = "cat /proc/sys/kernel/random/boot_id; cut -d' ' -f22 /proc/1/stat";

/**
 * Action: restarts the host and waits until it answers again. All states are asked again afterwards. Fails with
 * TaskError on the controller itself, if the command fails, and if the host does not answer in time.
 *
 * @example
 * handler("Restart the host", reboot("Restart it", { timeout: 900 }));
 */
export const reboot = defineAction({
  kind: "reboot",
  props: {
    timeout: prop.optional(prop.number),
    run: prop.optional(prop.text),
  },
  label: ({ run = "systemctl reboot" }: RebootProps) => run,
  steps: ({ timeout = 600, run = "systemctl reboot" }) => [
    {
      endsConnection: true,
      overConnection: async (writer, { progress }) => {
        if (writer.local || !writer.reconnect)
          throw new TaskError("kubeplay does not restart the controller that it runs on: restart it yourself");
        const before = await boot(writer);
        const sent = await writer.run(run).catch((error: unknown) => {
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
    progress("waiting for the host to answer again");
    try {
      await writer.reconnect?.((giveUp - Date.now()) / 1000);
      if ((await boot(writer)) !== before) return;
    } catch (error) {
      // The host may still be shutting down, or not answer yet.
      if (!(error instanceof UnreachableError)) throw error;
    }
    if (Date.now() >= giveUp) throw new TaskError(`the host did not answer again within ${String(timeout)} seconds`);
    await sleep(1000);
  }
}
