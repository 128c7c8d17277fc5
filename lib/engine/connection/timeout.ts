import type { CommandOptions, Writer } from "./types.ts";
import { withMembers } from "./with-members.ts";

/** The same connection with another limit, in seconds, for every command and upload that sets none itself. */
export function withTimeout(writer: Writer, timeout: number | undefined): Writer {
  if (timeout === undefined) return writer;
  const limited = (options: CommandOptions = {}): CommandOptions => ({
    ...options,
    timeout: options.timeout ?? timeout,
  });
  return withMembers(writer, {
    read: (script, options) => writer.read(script, limited(options)),
    run: (script, options) => writer.run(script, limited(options)),
    upload: (upload, chain) => writer.upload({ ...upload, timeout: upload.timeout ?? timeout }, chain),
  });
}
