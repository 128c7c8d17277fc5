/** A comment, the mark itself, an escaped character, the beginning of a substitution, or any other character. */
const parts = /(?<![^\s;&|()])#[^\n]*|%s|\\[^%]|\$\(|[^]/y;

/**
 * A command for a shell that has the path of the new file in `$t`: with the path in place of each `%s`, however the
 * command quotes it.
 */
export function withNewFile(command: string): string {
  let made = "";
  /** The quotes and substitutions that are open. */
  const open: string[] = [];
  for (let at = 0; at < command.length;) {
    const within = open.at(-1);
    const part = partAt(command, at, within);
    made += part === "%s" ? named(within) : part;
    if (closes(part, within)) open.pop();
    else if (opens(part, within)) open.push(part.slice(-1));
    at += part.length;
  }
  return made;
}

function partAt(command: string, at: number, within: string | undefined): string {
  parts.lastIndex = at;
  const [part = ""] = parts.exec(command) ?? [];
  const isPlain = isQuote(within) && (part.startsWith("#") || (within === "'" && part !== "%s"));
  return isPlain ? part.slice(0, 1) : part;
}

const isQuote = (within: string | undefined): boolean => within === "'" || within === '"';

const named = (within: string | undefined): string => (within === "'" ? `'"$t"'` : within === '"' ? "${t}" : `"$t"`);

const closes = (part: string, within: string | undefined): boolean => part === (within === "(" ? ")" : within);

const opens = (part: string, within: string | undefined): boolean =>
  within !== "'" && (part === '"' || part === "$(" || (within !== '"' && (part === "'" || part === "(")));
