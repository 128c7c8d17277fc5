import type { Reader, Writer } from "./types.ts";

/** The connection of check mode: an object without a way to change the host. */
export const readOnly = (writer: Writer): Reader => ({
  host: writer.host,
  ...(writer.local && { local: true }),
  read: (script, options) => writer.read(script, options),
  close: () => writer.close(),
});
