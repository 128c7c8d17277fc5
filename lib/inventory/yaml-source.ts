import { readFileSync } from "node:fs";
import {
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Tags,
  visit,
} from "yaml";
import type { Location, Problem } from "../errors.ts";
import type { Path } from "../schema/types.ts";

/** A YAML text with the place of each of its parts. */
export interface YamlSource {
  readonly value: unknown;
  /** The place of a key or a list's entry; that of the nearest part around it where it has none. */
  readonly locate: (path: Path) => Location;
}

/** YAML 1.1, as Ansible reads it (yes and no are booleans), but 12:30 and 2026-01-02 stay what was written. */
const customTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === "string" || (tag.format !== "TIME" && tag.tag !== "tag:yaml.org,2002:timestamp"));

/** Reads a YAML text; what its parser minds becomes a problem each, without the lines themselves, which may be secret. */
export function parseYaml(file: string, text: string, problems: Problem[]): YamlSource | undefined {
  if (text.startsWith("$ANSIBLE_VAULT;")) {
    problems.push({
      message: "this file is encrypted with ansible-vault, which is not supported",
      where: { file, line: 1 },
    });
    return undefined;
  }
  const before = problems.length;
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: "1.1",
    customTags,
  });
  const place = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    // The parser says where the space before a second key begins.
    const offset = code === "DUPLICATE_KEY" ? nextWord(text, pos[0]) : pos[0];
    const said =
      code === "DUPLICATE_KEY" ? `${wordAt(text, offset)} stands here a second time` : `YAML: ${clean(message)}`;
    problems.push({ message: said, where: place(offset) });
  }
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      problems.push({
        message: "YAML: no anchor of this name before it; a text that begins with * has to be in quotes",
        where: place(alias.range?.[0] ?? 0),
      });
    },
  });
  if (problems.length > before) return undefined;
  return { value: document.toJS({ maxAliasCount: -1 }) as unknown, locate: (path) => place(offsetOf(document, path)) };
}

export function readYaml(file: string, shown: string, problems: Problem[]): YamlSource | undefined {
  try {
    return parseYaml(shown, readFileSync(file, "utf8"), problems);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const why = reason === "ENOENT" ? "there is no such file" : `it cannot be read (${reason})`;
    problems.push({ message: why, where: { file: shown } });
    return undefined;
  }
}

/** Messages may end in a piece of the source, which may be a secret; only Ansible's own tags are worth naming. */
function clean(message: string): string {
  const tag = /^Unresolved tag: (!(?:vault|vault-encrypted|unsafe))$/.exec(message)?.[1];
  if (tag !== undefined) return `the tag ${tag} is not supported`;
  if (message.startsWith("Unresolved tag")) return "unknown tag; a text that begins with ! has to be in quotes";
  return message.replace(/: .*$/s, "");
}

/** Where the next word begins that is not part of a comment. */
const nextWord = (text: string, offset: number): number =>
  offset + (/^(?:\s|#.*)*/.exec(text.slice(offset))?.[0].length ?? 0);
const wordAt = (text: string, offset: number): string => /^[^\s:]*/.exec(text.slice(offset))?.[0] ?? "";

function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const key of path) {
    const entry = entryOf(document, node, key);
    if (!entry) break;
    offset = entry.offset ?? offset;
    node = entry.node;
  }
  return offset;
}

function entryOf(
  document: Document.Parsed,
  node: unknown,
  key: string | number,
): { node: unknown; offset?: number } | undefined {
  const target = isNode(node) && "resolve" in node ? node.resolve(document) : node;
  if (isMap(target)) {
    const pair = target.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    return pair && { node: pair.value, ...offsetIn(pair.key) };
  }
  if (isSeq(target) && typeof key === "number") {
    const item = target.items[key];
    return item === undefined ? undefined : { node: item, ...offsetIn(item) };
  }
  return undefined;
}

const offsetIn = (node: unknown): { offset?: number } => (isNode(node) && node.range ? { offset: node.range[0] } : {});
