import type { Writer } from "./types.ts";

/** The same connection with some members replaced. Locks are not among its members: the connection itself takes them. */
export function withMembers(writer: Writer, replaced: Partial<Writer>): Writer {
  const attach = writer.attach?.bind(writer);
  const reconnect = writer.reconnect?.bind(writer);
  return {
    host: writer.host,
    ...(writer.local !== undefined && { local: writer.local }),
    read: (script, options) => writer.read(script, options),
    run: (script, options) => writer.run(script, options),
    upload: (upload, chain) => writer.upload(upload, chain),
    close: () => writer.close(),
    ...(attach && { attach }),
    ...(reconnect && { reconnect }),
    ...replaced,
  };
}
