import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type CST,
  type Document,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";

/** A mistake in a YAML text, with its offset. */
export interface Mistake {
  readonly message: string;
  readonly offset: number;
}

/** Collections inside each other. The parser calls itself for each, and the stack of a process is limited. */
const deepest = 100;
/** The parts of a text if each alias is replaced by its anchor's node. */
const mostParts = 1_000_000;

/** The first part that is nested too deep. */
export function tooDeep(tokens: readonly CST.Token[]): Mistake | undefined {
  let level = tokens;
  // The outermost level consists of documents.
  for (let depth = 0; depth <= deepest + 1; depth++) {
    level = level.flatMap(partsOf);
    if (level.length === 0) return undefined;
  }
  return { message: `YAML: more than ${String(deepest)} levels inside each other`, offset: level[0]?.offset ?? 0 };
}

function partsOf(token: CST.Token): CST.Token[] {
  const items: readonly { readonly key?: CST.Token | null; readonly value?: CST.Token }[] =
    token.type === "document" ? [token] : "items" in token ? token.items : [];
  return items.flatMap(({ key, value }) => [key, value]).filter((part) => part !== undefined && part !== null);
}

/** Mistakes that the parser accepts: see the messages. Aliases alone can make a few lines larger than any memory. */
export function misused(document: Document.Parsed, text: string): Mistake[] {
  const reader = new Reader(text);
  reader.size(document.contents);
  return reader.mistakes;
}

type Node = Document.Parsed["contents"];

class Reader {
  readonly mistakes: Mistake[] = [];
  readonly #text: string;
  readonly #anchors = new Map<string, Node>();
  readonly #sizes = new Map<Node, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The number of parts. Reads in the order of the text: an anchor is known only behind its place. */
  size(node: Node | undefined): number {
    if (!node) return 1;
    if (isAlias(node)) return this.#sizeOfAlias(node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) this.#checkKeys(node);
    if (isScalar(node)) this.#checkNumber(node);
    const parts = isMap(node) ? node.items.flatMap(({ key, value }) => [key, value]) : isSeq(node) ? node.items : [];
    const size = parts.reduce((sum, part) => sum + this.size(part), 1);
    this.#sizes.set(node, size);
    if (isMap(node)) for (const pair of node.items) this.#checkMerge(pair);
    return size;
  }

  #sizeOfAlias(alias: Extract<Node, { source: string }>): number {
    const anchor = this.#anchors.get(alias.source);
    const size = this.#sizes.get(anchor ?? null);
    if (anchor === undefined)
      this.#wrong("YAML: no anchor of this name before it; a text that begins with * must be in quotes", alias);
    else if (size === undefined) this.#wrong(`YAML: *${alias.source} is inside its own anchor`, alias);
    else if (size <= mostParts) return size;
    else if (!this.mistakes.some(({ message }) => message === tooMuch)) this.#wrong(tooMuch, alias);
    return 1;
  }

  /** The parser compares each key with each other, which takes minutes for many thousands. */
  #checkKeys({ items }: YAMLMap): void {
    const seen = new Set<unknown>();
    for (const { key } of items) {
      if (!isScalar(key)) {
        this.#wrong("YAML: a key must be a text", isNode(key) ? key : {});
        continue;
      }
      this.#checkName(key);
      if (seen.has(key.value)) this.#wrong(`duplicate key ${this.#word(key)}`, key);
      seen.add(key.value);
    }
  }

  /** A number as a name is harmless only if it stays as it is written: 010 would become 8, and 1.10 the same as 1.1. */
  #checkName(key: Scalar): void {
    const { value, source } = key;
    if (typeof value === "string" || typeof value === "symbol") return;
    if (Number.isInteger(value) && String(value) === source) return;
    const [written, read] = [JSON.stringify(source ?? ""), String(value)];
    const why = source === undefined || source === "" ? "this one is empty" : `${source} is read as ${read}`;
    this.#wrong(`YAML: a name must be a text, and ${why}: put it in quotes, as in ${written}`, key);
  }

  /** The message does not show the number, which may be secret. */
  #checkNumber(node: Scalar): void {
    const { value } = node;
    if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return;
    const message = `YAML: an integer beyond ±${String(Number.MAX_SAFE_INTEGER)} would be rounded: put it in quotes if it is a text`;
    this.#wrong(message, node);
  }

  #checkMerge({ key, value }: Pair): void {
    if (!isScalar(key) || typeof key.value !== "symbol") return;
    const resolved = (node: unknown): unknown => (isAlias(node) ? this.#anchors.get(node.source) : node);
    const source = resolved(value);
    const all = isSeq(source) ? source.items.map(resolved) : [source];
    if (!all.every(isMap)) this.#wrong("YAML: << merges maps only", key);
  }

  #word = ({ range }: Scalar): string => /^[^\s:]*/.exec(this.#text.slice(range?.[0]))?.[0] ?? "";

  #wrong(message: string, { range }: { readonly range?: readonly number[] | null | undefined }): void {
    this.mistakes.push({ message, offset: range?.[0] ?? 0 });
  }
}

const tooMuch = `YAML: its aliases stand for more than ${String(mostParts)} parts`;
