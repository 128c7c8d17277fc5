import nunjucks from "nunjucks";

/** A part of a Jinja2 text as nunjucks parses it. Fields depend on its type. */
export interface Node {
  readonly typename: string;
  readonly value?: unknown;
  readonly children?: readonly Node[];
  readonly [field: string]: unknown;
}

/** What a converter cannot say in another language: a person must. */
export class ByHand extends Error {
  override name = "ByHand";
}

const { parser } = nunjucks;

/** Parses a template. Throws ByHand if it is none that nunjucks reads. */
export function parseTemplate(text: string): Node {
  try {
    return parser.parse(text) as Node;
  } catch (error) {
    const [first = ""] = String(error instanceof Error ? error.message : error)
      .split("\n")
      .slice(-1);
    throw new ByHand(`it is not read as Jinja2: ${first.trim()}`, { cause: error });
  }
}

/** The parts of a text: those as they are, and expressions. Throws ByHand if it has statements. */
export function partsOf(text: string): readonly (string | Node)[] {
  if (!/\{[{%#]/.test(text)) return [text];
  return (parseTemplate(text).children ?? []).flatMap((child) => {
    if (child.typename !== "Output") throw new ByHand(`it has a {% ${child.typename.toLowerCase()} %}`);
    return (child.children ?? []).map((part) => (part.typename === "TemplateData" ? String(part.value) : part));
  });
}

/** A bare expression, as of `when`. */
export function parseExpression(text: string): Node {
  const [part, ...more] = partsOf(`{{ ${text} }}`);
  if (part === undefined || typeof part === "string" || more.length > 0) throw new ByHand(`${text} is no expression`);
  return part;
}

/** A field of a node that is a node. */
export function field(node: Node, name: string): Node {
  const value = node[name];
  if (typeof value !== "object" || value === null) throw new ByHand(`${node.typename} has no ${name}`);
  return value as Node;
}

export const listed = (node: Node, name: string): readonly Node[] => field(node, name).children ?? [];

/** The path of a chain of names, such as ["a", "b"] for a.b and a['b']; undefined if it has computed parts. */
export function pathOf(node: Node): readonly string[] | undefined {
  if (node.typename === "Symbol") return [String(node.value)];
  if (node.typename !== "LookupVal") return undefined;
  const [target, key] = [pathOf(field(node, "target")), field(node, "val")];
  return target && key.typename === "Literal" ? [...target, String(key.value)] : undefined;
}

/** A value of YAML as the text that it stands for. */
export const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  return value === undefined ? "" : JSON.stringify(value);
};
