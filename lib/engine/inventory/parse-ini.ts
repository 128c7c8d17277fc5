import type { Location, Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import { didYouMean } from "../schema/nearest.ts";
import type { InventoryBuilder } from "./builder.ts";
import { splitWords } from "./words.ts";

const kinds = ["hosts", "children", "vars"] as const;
type Kind = (typeof kinds)[number];

/** The section that a line belongs to. */
interface Section {
  readonly group: string;
  readonly kind: Kind;
}

/** Reads an inventory of Ansible in INI: hosts before the first section are in the group `ungrouped`. */
export function parseIni(text: string, file: string, builder: InventoryBuilder, problems: Problem[]): void {
  let section: Section | undefined = { group: "ungrouped", kind: "hosts" };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || /^[#;]/.test(line)) continue;
    const where = { file, line: index + 1 };
    const [, heading] = /^\[([^\]]*)\]\s*(?:[#;].*)?$/.exec(line) ?? [];
    if (heading !== undefined) section = readHeading(heading, where, builder, problems);
    else if (section) readLine(line, section, where, builder, problems);
  }
}

/** Undefined for a heading that is none: the lines below it are no mistakes of their own. */
function readHeading(
  heading: string,
  where: Location,
  builder: InventoryBuilder,
  problems: Problem[],
): Section | undefined {
  const [, group = "", written = "hosts"] = /^([^:]*)(?::(.*))?$/.exec(heading.trim()) ?? [];
  const kind = kinds.find((one) => one === written);
  if (!kind) {
    const guess = didYouMean(written, kinds) || ", expected [group], [group:children] or [group:vars]";
    problems.push({ message: `there is no section [${heading}]${guess}`, where });
    return undefined;
  }
  return builder.group(group, where) ? { group, kind } : undefined;
}

function readLine(
  line: string,
  { group, kind }: Section,
  where: Location,
  builder: InventoryBuilder,
  problems: Problem[],
): void {
  if (kind === "vars") {
    const [, name, value = ""] = /^([^\s=]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) problems.push({ message: "expected name = value", where });
    else builder.group(group, where)?.vars.push(variable(name, value, `${where.file}, group ${group}`, where));
    return;
  }
  let words: readonly string[];
  try {
    words = splitWords(withoutComment(line));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.push({ message: error.message, where });
    return;
  }
  const [name = "", ...rest] = words;
  if (kind === "children") {
    if (rest.length > 0)
      problems.push({ message: `expected the name of one group, got ${rest.length + 1} words`, where });
    else builder.child(group, name, where);
    return;
  }
  const pairs = rest.map((word) => /^([^=]+)=(.*)$/s.exec(word));
  if (pairs.includes(null)) problems.push({ message: `a word after ${name} is not name=value`, where });
  const varsOf = (host: string): Assignment[] =>
    pairs.flatMap((pair) =>
      pair ? [variable(pair[1] ?? "", pair[2] ?? "", `${where.file}, host ${host}`, where)] : [],
    );
  builder.addHosts(group, name, where, varsOf, where.file);
}

/** A comment begins with "#" after a space, outside of quotes. */
function withoutComment(line: string): string {
  const [kept = ""] = /^(?:[^\s"'#]|"[^"]*"|'[^']*'|["']|\s(?!#)|(?<=\S)#)*/.exec(line) ?? [];
  return kept;
}

/** A value without quotes is a text whose type the schema determines; Ansible reads Python's literals. */
function variable(name: string, written: string, from: string, where: Location): Assignment {
  const [, quoted] = /^(?:"([^"\\]*)"|'[^'\\]*')$/.exec(written) ?? [];
  const text = quoted ?? (/^'[^'\\]*'$/.test(written) ? written.slice(1, -1) : written);
  const literal = text === written ? literalOf(written) : undefined;
  return { name, from, where, ...(literal === undefined ? { value: text, untyped: true } : { value: literal }) };
}

/** A list, a map, None, or a word for true or false of Python. */
function literalOf(text: string): unknown {
  if (text === "None") return null;
  if (/^(?:True|False)$/.test(text)) return text === "True";
  if (!/^(?:\[.*\]|\{.*\})$/s.test(text)) return undefined;
  const json = text.replaceAll(/'([^'"\\]*)'|"(?:[^"\\]|\\.)*"|\b(?:True|False|None)\b/g, (part, inner?: string) => {
    if (inner !== undefined) return JSON.stringify(inner);
    return { True: "true", False: "false", None: "null" }[part] ?? part;
  });
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
