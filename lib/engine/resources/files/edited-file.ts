import { TaskError } from "../../errors.ts";
import { content } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { effect, unknown, type Difference } from "../../tasks/resource.ts";
import { presence, prop, type Rules } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { editSteps, textOf } from "./edit-steps.ts";
import { folderOf } from "./requirements.ts";
import * as files from "./wanted-file.ts";

/** The properties of every resource that manages a part of a text file. */
export interface EditProps {
  /** Absolute path of the file on the host. */
  readonly path: string;
  /** Makes the file if it does not exist; otherwise a missing file is an error. */
  readonly create?: boolean;
  /** A command that must exit with 0 before the edited file is put in place; `%s` is the new file. */
  readonly validate?: string;
  /** Writes into the file instead of replacing it, as in the resource file: for a file that is a mount point. */
  readonly inPlace?: boolean;
  readonly state?: "present" | "absent";
}

/** Their rules. */
export const editRules = {
  path: prop.text,
  create: prop.optional(prop.flag),
  validate: prop.optional(prop.text),
  inPlace: prop.optional(prop.flag),
  state: presence,
};

/** A text after an edit, and the part that the edit replaced: both undefined if it changed nothing. */
export interface Edited {
  readonly text: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** One way to edit a text. */
export interface Edit<Props extends EditProps> {
  readonly kind: string;
  /** What each property may be. */
  readonly props: Rules<Props>;
  /** What is edited, such as "line": the name of its differences. */
  readonly what: string;
  /** Throws TaskError for properties that cannot be meant. */
  readonly check: (props: Props) => void;
  /** Pure. Throws TaskError if the text cannot be edited so. */
  readonly edit: (text: string, props: Props) => Edited;
}

/**
 * Makes a resource that manages a part of a text file. The rest of the file and its permissions stay. The resource
 * fails with TaskError if the file is missing, a link, not text or larger than 1 MiB.
 */
export const defineEdit = <Props extends EditProps>({ kind, props, what, check, edit }: Edit<Props>) =>
  defineResource({
    kind,
    props,
    label: (p: Props) => p.path,
    locate: (given) => {
      const p = { ...given, path: absolutePath(given.path) };
      files.checkValidate(p.path, p.validate);
      check(p);
      return p;
    },
    needs: (p) => ({ path: pathQuery(p.path), content: content(p.path) }),
    diff: ({ path, content: now }, p): Difference[] => {
      const text = textOf({ path, text: now }, p.path);
      if (path.type === "link") throw new TaskError(`${p.path} is a link to ${path.target}: use the path of that file`);
      const edited = edit(text, p);
      if (now !== undefined && edited.text === now) return [];
      return edited.text === "" && now === undefined ? [] : [{ what, before: edited.before, after: edited.after }];
    },
    apply: (_found, { path, content: now }, p) => {
      if (now === undefined && !p.create)
        throw new TaskError(`${p.path} does not exist, expected a file to edit: create: true makes one`);
      const file = { path, text: now };
      return editSteps(file, edit(textOf(file, p.path), p).text, keeping(path, p));
    },
    forecast: ({ path, content: now }, p) => {
      const { text } = edit(textOf({ path, text: now }, p.path), p);
      return { path: files.fileForecast(path, files.wantedOf(text), keeping(path, p)), content: text };
    },
    requires: (p) => (p.state === "absent" ? [] : folderOf(p.path)),
    effects: (p) => [effect(digest(p.path), unknown)],
    // A pattern with a secret finds old lines that have one.
    parts: () => ({}),
  });

const keeping = (now: { type: string; mode?: number }, p: EditProps): files.FileOptions => ({
  dest: p.path,
  mode: now.mode ?? files.defaultMode,
  ...(p.inPlace && { inPlace: true }),
  ...(p.validate !== undefined && { validate: p.validate }),
});

/** Throws TaskError for an invalid regular expression; `what` is the property that it is of. */
export function pattern(path: string, what: string, source: string, flags = ""): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new TaskError(`${path}: ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The lines of a text, without the empty one after the last line end. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
export const joined = (lines: readonly string[]): string => (lines.length === 0 ? "" : `${lines.join("\n")}\n`);

/** Where new lines go: at the end unless a pattern says otherwise. */
export interface Insertion {
  /** A regular expression: after the last line that matches, else at the end. */
  readonly insertAfter?: string;
  /** A regular expression: before the first line that matches, else at the end. */
  readonly insertBefore?: string;
}

/** Their rules. */
export const insertionRules = { insertAfter: prop.optional(prop.text), insertBefore: prop.optional(prop.text) };

/** Throws TaskError for both patterns at once, and for an invalid one. */
export function checkInsertion({ path, insertAfter, insertBefore }: EditProps & Insertion): void {
  if (insertAfter !== undefined && insertBefore !== undefined)
    throw new TaskError(`${path} has insertAfter and insertBefore, expected one of them`);
  pattern(path, "insertAfter", insertAfter ?? "");
  pattern(path, "insertBefore", insertBefore ?? "");
}

/** The lines with new ones in their place. */
export function inserted(
  lines: readonly string[],
  added: readonly string[],
  { path, insertAfter, insertBefore }: EditProps & Insertion,
): string[] {
  const [after, before] = [insertAfter, insertBefore].map((source) =>
    source === undefined ? undefined : pattern(path, "", source),
  );
  const previous = after ? lines.findLastIndex((line) => after.test(line)) : -1;
  const next = before ? lines.findIndex((line) => before.test(line)) : -1;
  return lines.toSpliced(previous >= 0 ? previous + 1 : next >= 0 ? next : lines.length, 0, ...added);
}

/** An edit that finds nothing to change. */
export const unchanged = (text: string): Edited => ({ text, before: undefined, after: undefined });
