import { readFileSync } from "node:fs";
import {
  Composer,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  type Document,
  type Pair,
  type Scalar,
  type ScalarTag,
  type Tags,
  type YAMLMap,
  visit,
} from "yaml";
import { InputError, type Location, type Problem } from "../errors.ts";
import { utf8Text } from "../files.ts";
import type { Path, Sealed } from "../schema/types.ts";
import { isEncrypted, VaultError, type Vault } from "../vault/index.ts";
import { misused, tooDeep, type Mistake } from "./yaml-limits.ts";

/** A YAML text with the place of each of its parts. */
export interface YamlSource {
  readonly value: unknown;
  /** The place of a key or a list entry; if it has none, that of the nearest enclosing part. */
  readonly locate: (path: Path) => Location;
  /** The entries of the map at this place in the order of the text: those of a JavaScript object begin with numbers. */
  readonly entries: (path: Path, map: object) => [string, unknown][];
  /** The parts that were encrypted; absent if there are none. */
  readonly sealed?: Sealed;
}

const vaultTags = ["!vault", "!vault-encrypted"];
const asText = vaultTags.map((tag): ScalarTag => ({ tag, resolve: (text) => text }));

/** The form of values that are not texts, where Ansible's parser is stricter: y, 08 and 1e3 are texts. */
const stricter: Readonly<Record<string, RegExp>> = {
  "bool true": /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/,
  "bool false": /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
  int: /^[-+]?(?:0|[1-9][0-9_]*)$/,
  float: /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/,
  "float EXP": /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)[eE][-+][0-9]+$/,
};

/** YAML 1.1, as Ansible reads it (yes and no are booleans), but 12:30 and 2026-01-02 stay texts. */
const customTags = (tags: Tags): Tags => [
  ...tags.flatMap((tag): Tags => {
    if (typeof tag === "string") return [tag];
    if (tag.format === "TIME" || tag.tag === "tag:yaml.org,2002:timestamp") return [];
    const kind = tag.tag.replace("tag:yaml.org,2002:", "");
    const which = kind === "bool" ? String(tag.identify?.(true)) : tag.format;
    const test = stricter[which === undefined ? kind : `${kind} ${which}`];
    const isPlainFloat = "test" in tag && tag.test.test("1.0");
    return [test && (kind !== "float" || which !== undefined || isPlainFloat) ? ({ ...tag, test } as ScalarTag) : tag];
  }),
  ...asText,
];

/** Parses a YAML text. Each parser error becomes a problem, without the source lines, which may be secret. */
export function parseYaml(file: string, text: string, problems: Problem[], vault: Vault): YamlSource | undefined {
  if (!isEncrypted(text)) return parsePlain(file, text, problems, vault);
  try {
    const plain = vault.open(text).plaintext.toString("utf8");
    const source = parsePlain(file, plain, problems, vault);
    if (!source) return undefined;
    vault.learned(source.value);
    return { ...source, sealed: { holds: () => true, textOf: (part) => source.sealed?.textOf(part) } };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    problems.push({ message: error.message, where: { file, line: error.line } });
    return undefined;
  }
}

export const notYaml = "expected groups with their hosts, as YAML or INI";

/** A line with nothing but a group in brackets. */
const heading = /^\[[\w.:-]+\][ \t]*(?:[#;].*)?$/m;
/** A host with variables. */
const host = /^[\w.-][\w.:[\]-]*(?:[ \t]+[A-Za-z_]\w*=.*)?$/;

/** Whether a text is an inventory in INI: it has a section, or nothing but hosts. */
export function isIni(text: string): boolean {
  if (heading.test(text)) return true;
  const lines = text.split(/\r?\n/).filter((line) => /^[^#;\s]|^\s+\S/.test(line));
  return lines.length > 0 && lines.every((line) => host.test(line) && !line.endsWith(":") && line !== "---");
}

function parsePlain(file: string, text: string, problems: Problem[], vault: Vault): YamlSource | undefined {
  const before = problems.length;
  const lines = new LineCounter();
  const place = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const report = ({ message, offset }: Mistake) => problems.push({ message, where: place(offset) });
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep) {
    report(deep);
    return undefined;
  }
  const options = { prettyErrors: false, version: "1.1", customTags, uniqueKeys: false } as const;
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (!document) return undefined;
  for (const { message, pos } of [...document.errors, ...document.warnings])
    report({ message: `YAML: ${clean(message)}`, offset: pos[0] });
  if (second) report({ message: "YAML: expected one document, this is the second", offset: second.range[0] });
  misused(document, text).forEach(report);
  const sealed = new SealedTexts();
  visit(document, {
    Scalar: (_, scalar) => {
      if (!vaultTags.includes(scalar.tag ?? "")) return;
      try {
        sealed.reveal(scalar, vault);
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        problems.push({
          message: error.message,
          where: lineOfBlock(place(scalar.range?.[0] ?? 0), scalar, error.line),
        });
      }
    },
  });
  if (problems.length > before) return undefined;
  return {
    value: document.toJS({ maxAliasCount: -1 }) as unknown,
    locate: (path) => place(offsetOf(document, path)),
    entries: (path, map) => inOrder(document, path, map),
    ...(sealed.size > 0 && { sealed }),
  };
}

/** The place in the file of a line of an encrypted block; that of the block if it is not a literal block. */
function lineOfBlock(start: Location, scalar: Scalar, line: number): Location {
  if (scalar.type !== "BLOCK_LITERAL" || start.line === undefined) return start;
  return { file: start.file, line: start.line + line };
}

/** The texts of a file that were encrypted one by one. */
class SealedTexts implements Sealed {
  readonly #texts = new Map<string, string>();

  get size(): number {
    return this.#texts.size;
  }

  /** Replaces the encrypted text by its plaintext. Throws VaultError. */
  reveal(scalar: Scalar, vault: Vault): void {
    const text = String(scalar.value);
    const plain = vault.reveal(text);
    scalar.value = plain;
    if (plain !== "") this.#texts.set(plain, text);
  }

  holds = (value: unknown): boolean => {
    if (typeof value === "object" && value !== null) return Object.values(value).some(this.holds);
    return this.#texts.has(String(value));
  };

  textOf = (part: string): string | undefined => this.#texts.get(part);
}

/** The text of a file; undefined, with a problem, if it cannot be read. */
export function readText(file: string, shown: string, problems: Problem[]): string | undefined {
  try {
    return utf8Text(readFileSync(file), shown);
  } catch (error) {
    if (error instanceof InputError) {
      problems.push(...error.problems);
      return undefined;
    }
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const why = reason === "ENOENT" ? "there is no such file" : `it cannot be read (${reason})`;
    problems.push({ message: why, where: { file: shown } });
    return undefined;
  }
}

export function readYaml(file: string, shown: string, problems: Problem[], vault: Vault): YamlSource | undefined {
  const text = readText(file, shown, problems);
  return text === undefined ? undefined : parseYaml(shown, text, problems, vault);
}

/** Removes the end of a message, which may be a part of the source and thus secret. Only Ansible's tags are named. */
function clean(message: string): string {
  const tag = /^Unresolved tag: (!unsafe)$/.exec(message)?.[1];
  if (tag !== undefined) return `the tag ${tag} is not supported`;
  if (message.startsWith("Unresolved tag")) return "unknown tag; a text that begins with ! must be in quotes";
  return message.replace(/: .*$/s, "");
}

function inOrder(document: Document.Parsed, path: Path, map: object): [string, unknown][] {
  const all = Object.entries(map) as [string, unknown][];
  if (!all.some(([key]) => /^\d+$/.test(key))) return all;
  const node = path.reduce<unknown>((at, key) => entryOf(document, at, key)?.node, document.contents);
  const target = isNode(node) && "resolve" in node ? node.resolve(document) : node;
  const order = isMap(target) ? target.items.map(({ key }) => (isScalar(key) ? String(key.value) : "")) : [];
  // Keys that were merged from elsewhere stay in front.
  return all.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

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
    const pair = pairsOf(target).get(String(key));
    return pair && { node: pair.value, ...offsetIn(pair.key) };
  }
  if (isSeq(target) && typeof key === "number") {
    const item = target.items[key];
    return item === undefined ? undefined : { node: item, ...offsetIn(item) };
  }
  return undefined;
}

/** The entries of a map by their keys. A map may have thousands, and the place of each is asked for. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = entries.get(map);
  if (known) return known;
  const found = new Map(map.items.flatMap((item) => (isScalar(item.key) ? [[String(item.key.value), item]] : [])));
  entries.set(map, found);
  return found;
}

const entries = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

const offsetIn = (node: unknown): { offset?: number } => (isNode(node) && node.range ? { offset: node.range[0] } : {});
