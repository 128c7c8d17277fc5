import { ChangedSinceError, TaskError } from "../../errors.ts";
import { content, type ContentState } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { checkUnicode } from "../../shell/text.ts";
import { effect, unknown, type Difference } from "../../tasks/resource.ts";
import { folderOf } from "./requirements.ts";
import { defineResource } from "../../tasks/task.ts";
import * as files from "./wanted-file.ts";
import { presence, prop } from "../../tasks/properties.ts";

export interface LineProps {
  /** Absolute path of the file on the host. */
  readonly path: string;
  /** Without a line end. Optional with state "absent" and a `match`. */
  readonly line?: string;
  /**
   * A regular expression: the last line that matches is replaced; with state "absent", all matching lines are removed.
   */
  readonly match?: string;
  /** A regular expression: a new line is inserted after the last line that matches, else at the end. */
  readonly insertAfter?: string;
  /** Makes the file if it does not exist; otherwise a missing file is an error. */
  readonly create?: boolean;
  /** Writes into the file instead of replacing it, as in the resource file: for a file that is a mount point. */
  readonly inPlace?: boolean;
  readonly state?: "present" | "absent";
}

/**
 * One line of a text file whose other lines are not managed; the file keeps its permissions. Fails with TaskError if
 * the file is missing, a link, not text or larger than 1 MiB, and for an invalid regular expression.
 *
 * @example
 * line("Raise the limit", { path: "/etc/sysctl.conf", line: "fs.file-max = 500000", match: "^fs.file-max" });
 */
export const line = defineResource({
  kind: "line",
  props: {
    path: prop.text,
    line: prop.optional(prop.text),
    match: prop.optional(prop.text),
    insertAfter: prop.optional(prop.text),
    create: prop.optional(prop.flag),
    inPlace: prop.optional(prop.flag),
    state: presence,
  },
  label: (p: LineProps) => p.path,
  locate: (given) => {
    const p = { ...given, path: absolutePath(given.path) };
    if (p.line === undefined && !(p.state === "absent" && p.match !== undefined))
      throw new TaskError(`${p.path}: a line requires line${p.state === "absent" ? " or match" : ""}`);
    checkUnicode(p.line ?? "", `${p.path}: the line`);
    // Not a dot: it matches neither all line ends nor U+2028.
    if (/\n|\r[^]/.test(p.line ?? ""))
      throw new TaskError(`${p.path}: ${JSON.stringify(p.line)} is more than one line`);
    for (const name of ["match", "insertAfter"] as const) pattern(p, name);
    return p;
  },
  needs: (p) => ({ path: pathQuery(p.path), content: content(p.path) }),
  diff: ({ path, content: now }, p): Difference[] => {
    checkOneState(path, now, p);
    if (path.type === "link") throw new TaskError(`${p.path} is a link to ${path.target}: use the path of that file`);
    const edited = edit(textOf(now, p), p);
    if (now !== undefined && edited.text === now) return [];
    return edited.text === "" && now === undefined
      ? []
      : [{ what: "line", before: edited.before, after: edited.after }];
  },
  apply: (_found, { path, content: now }, p) => {
    if (now === undefined && !p.create)
      throw new TaskError(`${p.path} does not exist, expected a file to add a line to: create: true makes one`);
    const wanted = files.wantedOf(edit(textOf(now, p), p).text);
    const steps = files.fileSteps(
      [{ what: "content", before: now, after: wanted.text }],
      path,
      wanted,
      keeping(path, p),
    );
    if (typeof now !== "string") return steps;
    const edits = files.wantedOf(now).sha256;
    return steps.map((step) => (typeof step === "object" && "upload" in step ? { ...step, edits } : step));
  },
  forecast: ({ path, content: now }, p) => {
    const { text } = edit(textOf(now, p), p);
    return { path: files.fileForecast(path, files.wantedOf(text), keeping(path, p)), content: text };
  },
  requires: (p) => (p.state === "absent" ? [] : folderOf(p.path)),
  effects: (p) => [effect(digest(p.path), unknown)],
  // A pattern with a secret finds old lines that have one.
  parts: () => ({}),
});

const keeping = (now: { type: string; mode?: number }, p: LineProps): files.FileOptions => ({
  dest: p.path,
  mode: now.mode ?? files.defaultMode,
  ...(p.inPlace && { inPlace: true }),
});

/**
 * Path and content are two answers: a write would be refused by the one and lose what the other does not know. The
 * content may even be that of another file, which a local user has put a link to in its place; so a write compares it
 * once more.
 */
function checkOneState(path: PathState, now: ContentState, p: LineProps): void {
  if (typeof now !== "string") return;
  const differs = path.type === "file" && path.sha256 !== undefined && files.wantedOf(now).sha256 !== path.sha256;
  if (differs || path.type === "absent")
    throw new ChangedSinceError(`${p.path} was changed while it was read: run it again`);
}

function textOf(now: ContentState, { path }: LineProps): string {
  if (typeof now === "object") throw new TaskError(`${path} is not text, or is too large to edit its lines`);
  return now ?? "";
}

interface Edited {
  readonly text: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Throws TaskError for an invalid regular expression. */
function pattern(p: LineProps, name: "match" | "insertAfter"): RegExp | undefined {
  const source = p[name];
  if (source === undefined) return undefined;
  try {
    return new RegExp(source);
  } catch (error) {
    throw new TaskError(`${p.path}: ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The text with the line in its place, or without it. */
function edit(text: string, p: LineProps): Edited {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const matching = pattern(p, "match");
  const wanted = p.line ?? "";
  const isIt = (line: string): boolean => line === p.line || (matching?.test(line) ?? false);

  if (p.state === "absent") {
    const gone = lines.filter(isIt);
    if (gone.length === 0) return { text, before: undefined, after: undefined };
    return { text: joined(lines.filter((line) => !isIt(line))), before: gone.join("\n"), after: undefined };
  }
  const found = matching ? lines.findLastIndex((line) => matching.test(line)) : -1;
  if (matching && found >= 0) {
    if (lines[found] === wanted) return { text, before: wanted, after: wanted };
    checkOnlyOne(lines, matching, p);
    return { text: joined(lines.with(found, wanted)), before: lines[found], after: wanted };
  }
  if (lines.includes(wanted)) return { text, before: wanted, after: wanted };
  const anchor = pattern(p, "insertAfter");
  const after = anchor ? lines.findLastIndex((line) => anchor.test(line)) : -1;
  const place = after < 0 ? lines.length : after + 1;
  return { text: joined(lines.toSpliced(place, 0, wanted)), before: undefined, after: wanted };
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

const joined = (lines: readonly string[]): string => (lines.length === 0 ? "" : `${lines.join("\n")}\n`);
