import type { Result } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { quote } from "../../shell/quote.ts";
import type { ConnectionStep } from "../../tasks/resource.ts";
import { replacement } from "./rules.ts";

const folder = "/run/kubeplay-firewall";

/** Loads a table, and has systemd bring the old one back after so many seconds. */
function load(name: string, table: string, seconds: number): string {
  const unit = `kubeplay-firewall-${name}`;
  const before = `${folder}/${name}.nft`;
  return `umask 077 && mkdir -p ${folder} || exit
# If an earlier run was cut off, its own old table is the one to come back.
systemctl is-active --quiet ${unit}.timer || {
  printf '%s\\n' 'table inet ${name}' 'delete table inet ${name}' && { nft --stateless list table inet ${name} 2>/dev/null || :; }
} >${before} || exit
systemctl stop ${unit}.timer 2>/dev/null
systemd-run --quiet --collect --unit=${unit} --on-active=${String(seconds)} --timer-property=AccuracySec=100ms \\
  "$(command -v nft)" -f ${before} || exit
printf %s ${quote(replacement(name, table))} | nft -f - || { systemctl stop ${unit}.timer; exit 1; }`;
}

/** Keeps the table that was loaded. Fails if the old one is back. */
const confirm = (name: string): string => `unit=kubeplay-firewall-${name}.timer
systemctl is-active --quiet $unit && systemctl stop $unit || { echo "the old rules are back: nothing was kept" >&2; exit 1; }
rm -f ${folder}/${name}.nft`;

/**
 * Loads a table, connects anew, and only then keeps it: if the new rules let no connection in, the old ones are back
 * after so many seconds.
 */
export const loadAndConfirm = (name: string, table: string, seconds: number): ConnectionStep => ({
  endsConnection: true,
  about: { table },
  overConnection: async (writer, { progress }): Promise<Result> => {
    const loaded = await writer.run(load(name, table, seconds));
    if (loaded.code !== 0) return loaded;
    progress("connecting anew to see that the firewall lets it in");
    try {
      await writer.reconnect?.(0);
    } catch (error) {
      // Once the old rules are back, so is the connection: the task fails, and not the host.
      await writer.reconnect?.(seconds + patience);
      throw new TaskError(
        `with the new rules no connection was let in (${error instanceof Error ? error.message : String(error)}), so the host took the old ones back: allow the port and the addresses of SSH`,
      );
    }
    return writer.run(confirm(name));
  },
});

/** Seconds to wait for the connection after the old rules are back. */
const patience = 30;
