import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { checkUnicode } from "../../shell/text.ts";
import { defineEdit, pattern, unchanged, type Edited, type EditProps } from "./edited-file.ts";

/** The properties of `replace`. */
export interface ReplaceProps extends Omit<EditProps, "create" | "state"> {
  /** A regular expression. Every match in the text is replaced; `^` and `$` stand for the ends of a line. */
  readonly match: string;
  /** The replacement; `$1` and `$<name>` stand for groups of the match, `$$` for a dollar sign. */
  readonly with: string;
}

/**
 * Replaces every match of a pattern in a text file; the rest of the file and its permissions stay. Fails with TaskError
 * if the file is missing, a link, not text or larger than 1 MiB, for an invalid pattern, and if the pattern would match
 * again what it put there: the text would then grow with each run.
 *
 * @example
 * replace("Ask the new mirror", { path: "/etc/apt/sources.list", match: "http://(\\S+)", with: "https://$1" });
 */
export const replace = defineEdit<ReplaceProps>({
  kind: "replace",
  props: {
    ...{ path: prop.text, validate: prop.optional(prop.text), inPlace: prop.optional(prop.flag) },
    ...{ match: prop.text, with: prop.text },
  },
  what: "text",
  check,
  edit,
});

const matchOf = ({ path, match }: ReplaceProps): RegExp => pattern(path, "match", match, "gm");

function check(p: ReplaceProps): void {
  matchOf(p);
  checkUnicode(p.with, `${p.path}: the replacement`);
}

function edit(text: string, p: ReplaceProps): Edited {
  const after = text.replace(matchOf(p), p.with);
  if (after === text) return unchanged(text);
  if (after.replace(matchOf(p), p.with) !== after)
    throw new TaskError(
      `${p.path}: ${JSON.stringify(p.match)} matches what it is replaced with, so each run would change the text again: ` +
        "make the pattern match only the old text",
    );
  return { text: after, before: changed(text, after), after: changed(after, text) };
}

/** The lines of a text that the other one does not have. */
function changed(text: string, other: string): string {
  const others = new Set(other.split("\n"));
  return text
    .split("\n")
    .filter((line) => !others.has(line))
    .join("\n");
}
