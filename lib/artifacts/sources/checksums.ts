import path from "node:path";
import { PlayError } from "#engine/errors.ts";

const line = /^(?<digest>[0-9a-f]{64})(?:[ \t]+\*?(?<name>\S.*?))?\s*$/i;

/**
 * The digest of a file in a checksum file. Releases publish either one bare digest,
 * or the lines of sha256sum, whose names may include a folder. Throws PlayError if there is none.
 */
export function digestFor(text: string, file: string, from: string): string {
  const entries = text
    .split("\n")
    .map((row) => line.exec(row.trim())?.groups)
    .filter((groups) => groups !== undefined);
  const bare = entries.length === 1 && entries[0]?.name === undefined ? entries[0] : undefined;
  const entry = bare ?? entries.find(({ name }) => name !== undefined && path.posix.basename(name) === file);
  if (entry?.digest !== undefined) return entry.digest.toLowerCase();
  throw new PlayError(`${from}: no sha256 for ${file}, expected a line "<64 hex digits>  ${file}"`);
}
