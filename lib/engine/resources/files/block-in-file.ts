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
  unchanged,
  type Edited,
  type EditProps,
  type Insertion,
} from "./edited-file.ts";

/** The properties of `blockInFile`. */
export interface BlockInFileProps extends EditProps, Insertion {
  /** The lines of the block, with or without a line end at the end. Not used with state "absent". */
  readonly block?: string;
  /**
   * The line before and after the block, in which `{mark}` becomes BEGIN and END; "# {mark} managed by kubeplay" by
   * default. Each block of a file needs a marker of its own. Ansible's is "# {mark} ANSIBLE MANAGED BLOCK".
   */
  readonly marker?: string;
}

/**
 * Some lines of a text file, between two marker lines; the rest of the file and its permissions stay. Fails with
 * TaskError if the file is missing, a link, not text or larger than 1 MiB, and if it has only one of the markers.
 *
 * @example
 * blockInFile("Name the hosts", { path: "/etc/hosts", block: "10.0.0.1 cp-1\n10.0.0.2 cp-2\n" });
 */
export const blockInFile = defineEdit<BlockInFileProps>({
  kind: "block in file",
  props: { ...editRules, ...insertionRules, block: prop.optional(prop.text), marker: prop.optional(prop.text) },
  what: "block",
  check,
  edit,
});

const mark = "{mark}";
const markersOf = ({ marker = `# ${mark} managed by kubeplay` }: BlockInFileProps) =>
  ({ begin: marker.replace(mark, "BEGIN"), end: marker.replace(mark, "END") }) as const;
const isAbsent = ({ state }: BlockInFileProps): boolean => state === "absent";

function check(p: BlockInFileProps): void {
  if (p.marker !== undefined && (!p.marker.includes(mark) || /[\r\n]/.test(p.marker)))
    throw new TaskError(`${p.path}: the marker ${JSON.stringify(p.marker)} must be one line with ${mark} in it`);
  if (!isAbsent(p) && !p.block) throw new TaskError(`${p.path}: a blockInFile requires a block`);
  checkUnicode(p.block ?? "", `${p.path}: the block`);
  checkInsertion(p);
  const { begin, end } = markersOf(p);
  const own = linesOf(p.block ?? "").find((line) => line === begin || line === end);
  if (own !== undefined) throw new TaskError(`${p.path}: the block has its own marker as a line: ${own}`);
}

function edit(text: string, p: BlockInFileProps): Edited {
  const lines = linesOf(text);
  const { begin, end } = markersOf(p);
  const wanted = isAbsent(p) ? [] : [begin, ...linesOf(p.block ?? ""), end];
  const found = foundIn(lines, p);
  if (!found) {
    if (isAbsent(p)) return unchanged(text);
    return { text: joined(inserted(lines, wanted, p)), before: undefined, after: p.block };
  }
  const now = lines.slice(found.begin, found.end + 1);
  if (joined(now) === joined(wanted)) return unchanged(text);
  return {
    text: joined(lines.toSpliced(found.begin, now.length, ...wanted)),
    before: joined(now.slice(1, -1)),
    after: isAbsent(p) ? undefined : p.block,
  };
}

/** The numbers of the marker lines; undefined if there is no block. */
function foundIn(lines: readonly string[], p: BlockInFileProps): { begin: number; end: number } | undefined {
  const markers = markersOf(p);
  const numbers = (marker: string) => lines.flatMap((line, index) => (line === marker ? [index] : []));
  const [begins, ends] = [numbers(markers.begin), numbers(markers.end)];
  const [begin, end] = [begins[0], ends[0]];
  if (begin === undefined && end === undefined) return undefined;
  if (begins.length === 1 && ends.length === 1 && begin !== undefined && end !== undefined && begin < end)
    return { begin, end };
  throw new TaskError(
    `${p.path} has ${String(begins.length)} of "${markers.begin}" and ${String(ends.length)} of "${markers.end}", ` +
      "expected one of each, in this order: mend the file, or use another marker",
  );
}
