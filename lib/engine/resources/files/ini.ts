import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { checkUnicode } from "../../shell/text.ts";
import { defineEdit, editRules, joined, linesOf, unchanged, type Edited, type EditProps } from "./edited-file.ts";

/** The properties of `ini`. */
export interface IniProps extends EditProps {
  /** Without brackets. Left out for options before the first section. */
  readonly section?: string;
  /** With state "absent", the whole section is removed if it is left out. */
  readonly option?: string;
  /** Not used with state "absent". */
  readonly value?: string | number | boolean;
  /** Between option and value in a new line; " = " by default. An existing line with the same value stays as it is. */
  readonly separator?: string;
}

/**
 * One option of an INI file; comments, other options and the permissions of the file stay. If the section has the option
 * several times, one line is left. Fails with TaskError if the file is missing, a link, not text or larger than 1 MiB.
 *
 * @example
 * ini("Limit the journal", { path: "/etc/systemd/journald.conf", section: "Journal", option: "SystemMaxUse", value: "500M" });
 */
export const ini = defineEdit<IniProps>({
  kind: "ini",
  props: {
    ...editRules,
    section: prop.optional(prop.text),
    option: prop.optional(prop.text),
    value: prop.optional(prop.either(prop.text, prop.number, prop.flag)),
    separator: prop.optional(prop.text),
  },
  what: "option",
  check,
  edit,
});

const isAbsent = ({ state }: IniProps): boolean => state === "absent";

function check(p: IniProps): void {
  const fail = (problem: string): never => {
    throw new TaskError(`${p.path}: ${problem}`);
  };
  if (p.option === undefined && !(isAbsent(p) && p.section !== undefined)) fail("an ini requires an option");
  if (!isAbsent(p) && p.value === undefined) fail(`the option ${p.option ?? ""} requires a value`);
  if (p.section !== undefined && !/^[^\]\r\n]+$/.test(p.section))
    fail(`${JSON.stringify(p.section)} is not the name of a section`);
  if (p.option !== undefined && !/^[^\s=:#;[][^=:\r\n]*$/.test(p.option))
    fail(`${JSON.stringify(p.option)} is not the name of an option`);
  if (/[\r\n]/.test(String(p.value))) fail(`the value of ${p.option ?? ""} has more than one line`);
  if (p.separator !== undefined && !/^[ \t]*[=:][ \t]*$/.test(p.separator))
    fail(`${JSON.stringify(p.separator)} is not a separator, expected "=" or ":" and spaces`);
  checkUnicode(`${p.section ?? ""}${p.option ?? ""}${String(p.value)}`, `${p.path}: the option`);
}

function edit(text: string, p: IniProps): Edited {
  const lines = linesOf(text);
  const section = sectionIn(lines, p.section);
  if (p.option === undefined) return withoutSection(text, lines, section);
  const option = trimmed(p.option);
  const found = (section ? range(section.first, section.end) : []).filter(
    (index) => optionOf(lines[index] ?? "")?.name === option,
  );
  const before = found.map((index) => lines[index]).join("\n") || undefined;
  if (isAbsent(p)) {
    if (found.length === 0) return unchanged(text);
    return { text: joined(lines.filter((_line, index) => !found.includes(index))), before, after: undefined };
  }
  const wanted = `${option}${p.separator ?? " = "}${trimmed(String(p.value))}`.replace(/[ \t]+$/, "");
  const [first] = found;
  if (first !== undefined) {
    const same = optionOf(lines[first] ?? "")?.value === trimmed(String(p.value));
    if (same && found.length === 1) return unchanged(text);
    const after = same ? (lines[first] ?? "") : wanted;
    const others = lines.with(first, after).filter((_line, index) => index === first || !found.includes(index));
    return { text: joined(others), before, after };
  }
  const made = section
    ? lines.toSpliced(endOfText(lines, section), 0, wanted)
    : [...lines, ...(lines.length > 0 && lines.at(-1) !== "" ? [""] : []), `[${p.section ?? ""}]`, wanted];
  return { text: joined(made), before: undefined, after: wanted };
}

/** Lines of a section without its heading: from `first` until before `end`. */
interface Section {
  readonly first: number;
  readonly end: number;
}

const headingOf = (line: string): string | undefined => /^\uFEFF?[ \t]*\[([^\]]+)\][ \t]*(?:[#;].*)?$/.exec(line)?.[1];

/** Undefined if the file does not have the section; what stands before the first heading always exists. */
function sectionIn(lines: readonly string[], name: string | undefined): Section | undefined {
  const heading = name === undefined ? -1 : lines.findIndex((line) => headingOf(line) === name);
  if (name !== undefined && heading < 0) return undefined;
  const next = lines.findIndex((line, index) => index > heading && headingOf(line) !== undefined);
  return { first: heading + 1, end: next < 0 ? lines.length : next };
}

const range = (first: number, end: number): number[] =>
  Array.from({ length: end - first }, (_, index) => first + index);

/** Empty lines before the next heading stay there. */
function endOfText(lines: readonly string[], { first, end }: Section): number {
  const last = lines.slice(first, end).findLastIndex((line) => line.trim() !== "");
  return first + last + 1;
}

function withoutSection(text: string, lines: readonly string[], section: Section | undefined): Edited {
  if (!section) return unchanged(text);
  const [begin, end] = [section.first - 1, section.end];
  return {
    text: joined(lines.filter((_line, index) => index < begin || index >= end)),
    before: lines.slice(begin, end).join("\n"),
    after: undefined,
  };
}

/** A comment has no option; an option without "=" has the value "". */
function optionOf(line: string): { readonly name: string; readonly value: string } | undefined {
  if (/^\uFEFF?[ \t]*(?:[#;]|$)/.test(line)) return undefined;
  const [, name = "", value = ""] = /^\uFEFF?[ \t]*([^=:]*?)[ \t]*(?:[=:](.*))?$/s.exec(line) ?? [];
  return { name, value: trimmed(value) };
}

/** Without the spaces of ASCII at its ends: other programs take no other character for one, as `trim()` does. */
const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "");
