import { ByHand, field, listed, parseTemplate, pathOf, type Node } from "./jinja.ts";

export interface ConvertedTemplate {
  readonly text: string;
  /** The names that it reads, which its task must give. */
  readonly names: readonly string[];
}

/** Handlebars for a template of Jinja2. Throws ByHand, with the line, for what Handlebars cannot say. */
export function convertTemplate(jinja: string): ConvertedTemplate {
  const names = new Set<string>();
  const text = new Writer(names).all(parseTemplate(withoutComments(jinja)).children ?? [], []);
  return { text, names: [...names] };
}

/** nunjucks drops comments; Handlebars has them too, but they are seldom worth a line of their own. */
const withoutComments = (jinja: string): string =>
  jinja
    .replaceAll(/\{\{\s*ansible_managed\s*\|\s*comment\s*\}\}/g, "#\n# Managed by kubeplay\n#")
    .replaceAll(/\{\{\s*ansible_managed\s*\}\}/g, "Managed by kubeplay")
    .replaceAll(/^[ \t]*\{#.*?#\}[ \t]*\n|\{#.*?#\}/gms, "");

/** The names of a loop that Handlebars has too. */
const inLoop: Readonly<Record<string, string>> = { index0: "@index", first: "@first", last: "@last" };

class Writer {
  readonly #names: Set<string>;
  constructor(names: Set<string>) {
    this.#names = names;
  }

  all(nodes: readonly Node[], local: readonly string[]): string {
    return nodes.map((node) => this.#one(node, local)).join("");
  }

  #one(node: Node, local: readonly string[]): string {
    const at = Number(node.lineno ?? 0) + 1;
    try {
      switch (node.typename) {
        case "Output":
          return (node.children ?? []).map((part) => this.#printed(part, local)).join("");
        case "NodeList":
          return this.all(node.children ?? [], local);
        case "If":
          return `{{#if ${this.#argument(field(node, "cond"), local)}}}${this.#branches(node, local)}{{/if}}`;
        case "For":
          return this.#loop(node, local);
        default:
          throw new ByHand(`{% ${node.typename.toLowerCase()} %}`);
      }
    } catch (error) {
      if (error instanceof ByHand && !error.message.startsWith("line "))
        throw new ByHand(`line ${String(at)}: ${error.message}`);
      throw error;
    }
  }

  #branches(node: Node, local: readonly string[]): string {
    const body = this.#one(field(node, "body"), local);
    if (!node.else_) return body;
    const other = field(node, "else_");
    if (other.typename !== "If") return `${body}{{else}}${this.#one(other, local)}`;
    return `${body}{{else if ${this.#argument(field(other, "cond"), local)}}}${this.#branches(other, local)}`;
  }

  #loop(node: Node, local: readonly string[]): string {
    const variable = field(node, "name");
    if (variable.typename !== "Symbol") throw new ByHand("a loop over keys and values");
    const name = String(variable.value);
    const body = this.#one(field(node, "body"), [...local, name, "loop"]);
    const other = node.else_ ? `{{else}}${this.#one(field(node, "else_"), local)}` : "";
    return `{{#each ${this.#argument(field(node, "arr"), local)} as |${name}|}}${body}${other}{{/each}}`;
  }

  #printed(part: Node, local: readonly string[]): string {
    if (part.typename === "TemplateData") {
      const text = String(part.value);
      if (text.includes("{{")) throw new ByHand("a {{ that is text");
      return text;
    }
    if (part.typename === "InlineIf") {
      const other = part.else_ ? `{{else}}${this.#printed(field(part, "else_"), local)}` : "";
      return `{{#if ${this.#argument(field(part, "cond"), local)}}}${this.#printed(field(part, "body"), local)}${other}{{/if}}`;
    }
    if (part.typename === "Literal") return String(part.value);
    if (part.typename === "Concat" || part.typename === "Add")
      return this.#printed(field(part, "left"), local) + this.#printed(field(part, "right"), local);
    return `{{${this.#call(part, local)}}}`;
  }

  /** In parentheses if it is a call. */
  #argument(node: Node, local: readonly string[]): string {
    const written = this.#call(node, local);
    return /^[^"\s(]+ /.test(written) ? `(${written})` : written;
  }

  #call(node: Node, local: readonly string[]): string {
    const of = (name: string): string => this.#argument(field(node, name), local);
    const path = pathOf(node);
    if (path) return this.#path(path, local);
    switch (node.typename) {
      case "Literal":
        return JSON.stringify(node.value);
      case "Group":
        if (node.children?.length === 1 && node.children[0]) return this.#call(node.children[0], local);
        throw new ByHand("a tuple");
      case "And":
      case "Or":
        return `${node.typename.toLowerCase()} ${of("left")} ${of("right")}`;
      case "Not":
        return `not ${of("target")}`;
      case "Compare":
        return this.#comparison(node, local);
      case "Filter":
        return this.#filter(node, local);
      default:
        throw new ByHand(`${node.typename} in an expression`);
    }
  }

  #path(path: readonly string[], local: readonly string[]): string {
    const [first = "", second = ""] = path;
    if (first === "loop" && local.includes("loop")) {
      const own = Object.hasOwn(inLoop, second) ? inLoop[second] : undefined;
      if (own === undefined) throw new ByHand(`loop.${second}`);
      return own;
    }
    if (["true", "false", "True", "False"].includes(first)) return first.toLowerCase();
    if (!local.includes(first)) this.#names.add(first);
    return path.map((part) => (/^[\w-]+$/.test(part) ? part : `[${part}]`)).join(".");
  }

  #comparison(node: Node, local: readonly string[]): string {
    const [operand, ...more] = node.ops as readonly Node[];
    const helper = { "==": "eq", "!=": "ne" }[String(operand?.type)];
    if (!operand || more.length > 0 || helper === undefined)
      throw new ByHand(`a comparison by ${String(operand?.type)}`);
    return `${helper} ${this.#argument(field(node, "expr"), local)} ${this.#argument(field(operand, "expr"), local)}`;
  }

  #filter(node: Node, local: readonly string[]): string {
    const name = String(field(node, "name").value);
    const nodes = listed(node, "args");
    const args = () => nodes.map((arg) => this.#argument(arg, local));
    switch (name) {
      case "default":
      case "d":
        if (nodes.length === 2) return `default ${args().join(" ")}`;
        throw new ByHand("default(…, true)");
      case "join":
        return `join ${[...args(), ...(nodes.length === 1 ? ['""'] : [])].join(" ")}`;
      case "quote":
        return `quote ${args().join(" ")}`;
      case "to_json":
        return `json ${args().join(" ")}`;
      case "bool":
      case "string":
      case "int":
        return this.#call(nodes[0] ?? node, local);
      default:
        throw new ByHand(`the filter ${name}`);
    }
  }
}
