import type { ConfigLine } from "../../queries/config-files.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference } from "../../tasks/resource.ts";

/** Files of packages and of the running system are not the host's own. */
export const isOfHost = ({ file }: ConfigLine): boolean => file.startsWith("/etc/");

export const commentDifference = ({ file, line }: ConfigLine): Difference => ({
  what: file,
  before: line,
  after: `# ${line}`,
});

/** Turns the line into a comment, so that a person finds what the file said. */
export const commentOut = ({ file, line }: ConfigLine): string =>
  `sed -i --follow-symlinks ${quote(`s/^${line.replace(/[\\/.*[\]^$]/g, String.raw`\$&`)}$/# &/`)} -- ${quote(file)}`;
