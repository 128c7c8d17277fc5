import type { Writer } from "#engine/connection/types.ts";

/** The id of the sshd process that serves a connection. */
export async function carrierOf(writer: Writer): Promise<string> {
  const { stdout } = await writer.run(
    'p=$$; until [ "$(cat /proc/$p/comm)" = sshd-session ]; do p=$(cut -d " " -f 4 /proc/$p/stat); done; echo $p',
  );
  return stdout.trim();
}
