import { ChangedSinceError, TaskError } from "../../errors.ts";
import type { ContentState } from "../../queries/content.ts";
import type { PathState } from "../../queries/path.ts";
import type { Step } from "../../tasks/resource.ts";
import * as files from "./wanted-file.ts";

/** A text file of which a part is managed: two answers about the same path. */
export interface TextFile {
  readonly path: PathState;
  readonly text: ContentState;
}

/**
 * The text of a file that is edited; "" if there is none. Throws TaskError if it is not text, and ChangedSinceError if
 * the answers do not fit together: a write would be refused by the one and lose what the other does not know. The text
 * may even be that of another file, which a local user has put a link to in its place; so a write compares it once more.
 */
export function textOf({ path, text }: TextFile, dest: string): string {
  if (typeof text === "object")
    throw new TaskError(
      text.wrong === undefined
        ? `${dest} is not text, or is too large to edit`
        : `${dest} is not text: ${text.wrong} is not UTF-8: convert the file, for example with iconv`,
    );
  if (text === undefined) return "";
  const differs = path.type === "file" && path.sha256 !== undefined && files.wantedOf(text).sha256 !== path.sha256;
  if (differs || path.type === "absent")
    throw new ChangedSinceError(`${dest} was changed while it was read: run it again`);
  return text;
}

/** Writes the text that was made from the one that was read, and refuses to if the file has another one by then. */
export function editSteps(now: TextFile, after: string, options: files.FileOptions): Step[] {
  const before = typeof now.text === "string" ? now.text : undefined;
  const wanted = files.wantedOf(after);
  const steps = files.fileSteps([{ what: "content", before, after: wanted.text }], now.path, wanted, options);
  if (before === undefined) return steps;
  const edits = files.wantedOf(before).sha256;
  return steps.map((step) => (typeof step === "object" && "upload" in step ? { ...step, edits } : step));
}
