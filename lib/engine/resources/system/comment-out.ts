import { TaskError } from "../../errors.ts";
import type { ConfigLine } from "../../queries/config-files.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference } from "../../tasks/resource.ts";

/** Files of packages and of the running system are not the host's own. */
export const isOfHost = ({ file }: ConfigLine): boolean => file.startsWith("/etc/");

/** Throws TaskError for a line that is not UTF-8: what was read is not what is there. */
export function commentDifference({ file, line }: ConfigLine): Difference {
  if (line.includes("\ufffd"))
    throw new TaskError(
      `${file} has a line that is not UTF-8, so it cannot become a comment: convert the file, for example with iconv: ${line}`,
    );
  return { what: file, before: line, after: `# ${line}` };
}

/** Turns the line into a comment, so that a person finds what the file said. */
export const commentOut = ({ file, line }: ConfigLine): string =>
  `sed -i --follow-symlinks ${quote(`s/^${line.replace(/[\\/.*[\]^$]/g, String.raw`\$&`)}$/# &/`)} -- ${quote(file)}`;
