import { ByHand, field, listed, parseExpression, partsOf, pathOf, type Node } from "./jinja.ts";

/** What names mean in a role. */
export interface Scope {
  /** The TypeScript for a name and the path after it. Throws ByHand for an unknown name. */
  readonly resolve: (path: readonly string[]) => string;
  /** The constants of tasks whose output an expression reads are added. */
  readonly outputs: Set<string>;
}

const text = (value: string): string => JSON.stringify(value);
const access = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${text(key)}]`);
export const withPath = (start: string, path: readonly string[]): string => start + path.map(access).join("");

const comparisons: Readonly<Record<string, string>> = {
  ...{ "==": "===", "!=": "!==", "<": "<", ">": ">", "<=": "<=", ">=": ">=" },
};
const binary: Readonly<Record<string, string>> = { And: "&&", Or: "||", Add: "+", Sub: "-", Mul: "*", Div: "/" };

/** The TypeScript of a Jinja2 expression. Throws ByHand for what has no simple counterpart. */
export function typescript(node: Node, scope: Scope): string {
  const of = (name: string): string => typescript(field(node, name), scope);
  const path = pathOf(node);
  if (path) return constant(path) ?? scope.resolve(path);
  const operator = binary[node.typename];
  if (operator !== undefined) return `(${of("left")} ${operator} ${of("right")})`;
  switch (node.typename) {
    case "Literal":
      return literal(node.value);
    case "Group":
      return `(${(node.children ?? []).map((child) => typescript(child, scope)).join(", ")})`;
    case "Array":
      return `[${(node.children ?? []).map((child) => typescript(child, scope)).join(", ")}]`;
    case "LookupVal":
      return `${of("target")}[${of("val")}]`;
    case "Not":
      return `!(${of("target")})`;
    case "Concat":
      return `\`\${${of("left")}}\${${of("right")}}\``;
    case "In":
      return `${of("right")}.includes(${of("left")})`;
    case "InlineIf":
      return `(${of("cond")} ? ${of("body")} : ${node.else_ ? of("else_") : '""'})`;
    case "Compare":
      return compare(node, scope);
    case "Is":
      return test(node, scope);
    case "Filter":
      return filter(node, scope);
    case "FunCall":
      return called(node, scope);
    default:
      throw new ByHand(`${node.typename} has no counterpart`);
  }
}

/** Methods of texts that JavaScript has too. */
const methods: Readonly<Record<string, string>> = {
  ...{ split: "split", startswith: "startsWith", endswith: "endsWith", lower: "toLowerCase", upper: "toUpperCase" },
};

function called(node: Node, scope: Scope): string {
  const callee = field(node, "name");
  const name = callee.typename === "LookupVal" ? String(field(callee, "val").value) : String(callee.value);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (callee.typename !== "LookupVal" || method === undefined) throw new ByHand(`the call of ${name}`);
  const args = listed(node, "args").map((arg) => typescript(arg, scope));
  return `${typescript(field(callee, "target"), scope)}.${method}(${args.join(", ")})`;
}

const constant = ([name, ...more]: readonly string[]): string | undefined =>
  more.length > 0 ? undefined : { True: "true", False: "false", None: "undefined", none: "undefined" }[name ?? ""];

function literal(value: unknown): string {
  if (value === null) return "undefined";
  return JSON.stringify(value);
}

function compare(node: Node, scope: Scope): string {
  const [operand, ...more] = node.ops as readonly Node[];
  const operator = comparisons[String(operand?.type)];
  if (!operand || more.length > 0 || operator === undefined) throw new ByHand("a chain of comparisons");
  return `${typescript(field(node, "expr"), scope)} ${operator} ${typescript(field(operand, "expr"), scope)}`;
}

function test(node: Node, scope: Scope): string {
  const right = field(node, "right");
  const [negated, name] = right.typename === "Not" ? [true, field(right, "target")] : [false, right];
  const subject = typescript(field(node, "left"), scope);
  const found = String(name.value ?? (name.typename === "FunCall" ? field(name, "name").value : ""));
  const tests: Readonly<Record<string, readonly [yes: string, no: string]>> = {
    defined: [`${subject} !== undefined`, `${subject} === undefined`],
    undefined: [`${subject} === undefined`, `${subject} !== undefined`],
    none: [`${subject} === undefined`, `${subject} !== undefined`],
    string: [`typeof ${subject} === "string"`, `typeof ${subject} !== "string"`],
    failed: [`${subject}.code !== 0`, `${subject}.code === 0`],
    succeeded: [`${subject}.code === 0`, `${subject}.code !== 0`],
    success: [`${subject}.code === 0`, `${subject}.code !== 0`],
  };
  const pair = Object.hasOwn(tests, found) ? tests[found] : undefined;
  if (!pair) throw new ByHand(`the test "is ${found}"`);
  return negated ? pair[1] : pair[0];
}

function filter(node: Node, scope: Scope): string {
  const name = String(field(node, "name").value);
  const [subject = "", ...args] = listed(node, "args").map((arg) =>
    arg.typename === "KeywordArgs" ? "" : typescript(arg, scope),
  );
  const [first = ""] = args;
  const boolean = /[=!]==|^!|[<>]/.test(subject);
  switch (name) {
    case "default":
    case "d":
      if (first === "omit") return subject;
      return `(${subject} ${args[1] === "true" ? "||" : "??"} ${first === "" ? '""' : first})`;
    case "bool":
      return boolean || /^vars\b/.test(subject) ? subject : `Boolean(${subject})`;
    case "int":
    case "float":
      return `Number(${subject})`;
    case "string":
      return `String(${subject})`;
    case "lower":
    case "upper":
      return `String(${subject}).to${name === "lower" ? "Lower" : "Upper"}Case()`;
    case "list":
      return `[...${subject}]`;
    case "ternary":
      return `(${subject} ? ${first} : ${args[1] ?? '""'})`;
    case "trim":
      return `String(${subject}).trim()`;
    case "length":
    case "count":
      return `${subject}.length`;
    case "join":
      return `${subject}.join(${first === "" ? '""' : first})`;
    case "to_json":
    case "to_nice_json":
      return `JSON.stringify(${subject}${name === "to_json" ? "" : ", undefined, 4"})`;
    case "quote":
      return `quote(String(${subject}))`;
    case "basename":
    case "dirname":
      return `path.posix.${name}(${subject})`;
    default:
      throw new ByHand(`the filter ${name}`);
  }
}

/** The TypeScript of a text with expressions: a template literal, or the expression alone. */
export function textValue(value: string, scope: Scope): string {
  const parts = partsOf(value);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return typeof only === "string" ? text(only) : typescript(only, scope);
  const written = parts.map((part) =>
    typeof part === "string" ? part.replaceAll(/[`\\]|\$(?=\{)/g, String.raw`\$&`) : `\${${typescript(part, scope)}}`,
  );
  return `\`${written.join("")}\``;
}

/** The TypeScript of any value of YAML. */
export function value(given: unknown, scope: Scope): string {
  if (typeof given === "string") return textValue(given, scope);
  if (Array.isArray(given)) return `[${given.map((one) => value(one, scope)).join(", ")}]`;
  if (typeof given !== "object" || given === null) return given === null ? "undefined" : JSON.stringify(given);
  const entries = Object.entries(given).map(
    ([key, one]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : text(key)}: ${value(one, scope)}`,
  );
  return `{ ${entries.join(", ")} }`;
}

/** A condition, true or false. */
export function condition(given: unknown, scope: Scope): string {
  if (typeof given === "boolean") return String(given);
  const written = typescript(parseExpression(String(given)), scope);
  return /^(?:!|Boolean\()|[!=]==|[<>]=?\s|\.includes\(/.test(written) ? written : `Boolean(${written})`;
}
