import type { CommandOptions, Writer } from "./types.ts";

/** The same connection with another limit, in seconds, for every command and upload that sets none itself. */
export function withTimeout(writer: Writer, timeout: number | undefined): Writer {
  if (timeout === undefined) return writer;
  const limited = (options: CommandOptions = {}): CommandOptions => ({
    ...options,
    timeout: options.timeout ?? timeout,
  });
  const attach = writer.attach?.bind(writer);
  const reconnect = writer.reconnect?.bind(writer);
  return {
    host: writer.host,
    ...(writer.local !== undefined && { local: writer.local }),
    read: (script, options) => writer.read(script, limited(options)),
    run: (script, options) => writer.run(script, limited(options)),
    upload: (upload, chain) => writer.upload({ ...upload, timeout: upload.timeout ?? timeout }, chain),
    close: () => writer.close(),
    ...(attach && { attach }),
    ...(reconnect && { reconnect }),
  };
}
