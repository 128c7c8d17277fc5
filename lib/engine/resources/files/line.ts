import { TaskError } from "../../errors.ts";
import { checkUnicode } from "../../shell/text.ts";
import { prop } from "../../tasks/properties.ts";
import {
  checkInsertion,
  defineEdit,
  editRules,
  inserted,
  insertionRules,
  joined,
  linesOf,
  pattern,
  unchanged,
  type Edited,
  type EditProps,
  type Insertion,
} from "./edited-file.ts";

/** The properties of `line`. */
export interface LineProps extends EditProps, Insertion {
  /** Without a line end. Optional with state "absent" and a `match`. */
  readonly line?: string;
  /**
   * A regular expression: the last line that matches is replaced; with state "absent", all matching lines are removed.
   */
  readonly match?: string;
  /**
   * $1, $<name> and $& in `line` stand for parts of the line that matches, as in `replace`; $$ is a dollar. If no line
   * matches, nothing is added. Requires `match`.
   */
  readonly backReferences?: boolean;
}

/**
 * One line of a text file whose other lines are not managed; the file keeps its permissions. Fails with TaskError if
 * the file is missing, a link, not text or larger than 1 MiB, and for an invalid regular expression.
 *
 * @example
 * line("Raise the limit", { path: "/etc/sysctl.conf", line: "fs.file-max = 500000", match: "^fs.file-max" });
 * line("Add an option", {
 *   path: "/etc/default/grub", match: '^(GRUB_CMDLINE_LINUX="(?!.*nomodeset).*)"$', line: '$1 nomodeset"', backReferences: true,
 * });
 */
export const line = defineEdit<LineProps>({
  kind: "line",
  props: {
    ...editRules,
    ...insertionRules,
    line: prop.optional(prop.text),
    match: prop.optional(prop.text),
    backReferences: prop.optional(prop.flag),
  },
  what: "line",
  check,
  edit,
});

function check(p: LineProps): void {
  if (p.line === undefined && !(p.state === "absent" && p.match !== undefined))
    throw new TaskError(`${p.path}: a line requires line${p.state === "absent" ? " or match" : ""}`);
  checkUnicode(p.line ?? "", `${p.path}: the line`);
  // Not a dot: it matches neither all line ends nor U+2028.
  if (/\n|\r[^]/.test(p.line ?? "")) throw new TaskError(`${p.path}: ${JSON.stringify(p.line)} is more than one line`);
  if (p.backReferences && (p.match === undefined || p.state === "absent"))
    throw new TaskError(`${p.path}: backReferences requires a match whose line is replaced`);
  checkInsertion(p);
  matchOf(p);
}

const matchOf = ({ path, match }: LineProps): RegExp | undefined =>
  match === undefined ? undefined : pattern(path, "match", match);

/** The text with the line in its place, or without it. */
function edit(text: string, p: LineProps): Edited {
  const lines = linesOf(text);
  const matching = matchOf(p);
  const wanted = p.line ?? "";
  const isIt = (line: string): boolean => line === p.line || (matching?.test(line) ?? false);

  if (p.state === "absent") {
    const gone = lines.filter(isIt);
    if (gone.length === 0) return unchanged(text);
    return { text: joined(lines.filter((line) => !isIt(line))), before: gone.join("\n"), after: undefined };
  }
  const found = matching ? lines.findLastIndex((line) => matching.test(line)) : -1;
  const before = lines[found];
  if (matching && before !== undefined) {
    const after = p.backReferences ? expanded(before, matching, wanted) : wanted;
    if (before === after) return { text, before, after };
    checkOnlyOne(lines, matching, { ...p, line: after });
    if (p.backReferences && matching.test(after) && expanded(after, matching, wanted) !== after)
      throw new TaskError(
        `${p.path}: ${JSON.stringify(p.match)} matches the new line again, which would change with each run: expected a pattern that only matches what is to be changed`,
      );
    return { text: joined(lines.with(found, after)), before, after };
  }
  if (p.backReferences) return unchanged(text);
  if (lines.includes(wanted)) return { text, before: wanted, after: wanted };
  return { text: joined(inserted(lines, [wanted], p)), before: undefined, after: wanted };
}

/** The template with the parts of a line that matches; what is before and after the match is left out. */
function expanded(line: string, matching: RegExp, template: string): string {
  const match = matching.exec(line);
  if (!match) return line;
  const whole = line.replace(matching, template);
  return whole.slice(match.index, whole.length - (line.length - match.index - match[0].length));
}

/** If the pattern does not match the line itself, each run would replace one more of the other lines. */
function checkOnlyOne(lines: readonly string[], matching: RegExp, { path, line = "", match = "" }: LineProps): void {
  const count = lines.filter((one) => matching.test(one)).length;
  if (count > 1 && !matching.test(line))
    throw new TaskError(
      `${path}: ${String(count)} lines match ${JSON.stringify(match)}, but the line itself does not: ` +
        `expected one line to replace, or a pattern that ${JSON.stringify(line)} matches too`,
    );
}
