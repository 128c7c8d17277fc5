import type { Problem } from "../errors.ts";
import { didYouMean } from "../schema/nearest.ts";

/** A place in a template. Lines and columns count from 1. */
export interface TemplatePlace {
  readonly line: number;
  readonly column: number;
}

/** One name that a template reads: the value it starts from, and the parts that follow. */
export interface Reading {
  readonly original: string;
  readonly parts: readonly string[];
  readonly place: TemplatePlace;
  /** Whether it may be missing: it is the first argument of `default`. */
  readonly optional: boolean;
  /** Whether it is printed as it is, so that it must be text. */
  readonly printed: boolean;
}

/** The helper that every reading is replaced with. No template can call it, because a name has no space. */
export const readHelper = "read value";

/** The helpers and blocks that a template may use. */
export interface Callable {
  readonly helpers: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
}

export interface CheckedProgram {
  readonly program: hbs.AST.Program;
  readonly readings: readonly Reading[];
}

/**
 * Replaces every name in a template by a call of `readHelper` with the value the name starts from (this, a parent, a
 * block parameter, @root …) and the number of the reading. Handlebars' own strict mode accepts a missing name that is
 * an argument, as in `{{#if x}}`, and reports many others without a place.
 */
export function checkPaths(
  program: hbs.AST.Program,
  callable: Callable,
  problems: Problem[],
  file: string,
): CheckedProgram {
  const rewriter = new Rewriter(callable, problems, file);
  return { program: rewriter.program(program, []), readings: rewriter.readings };
}

export const placeOf = ({ loc }: hbs.AST.Node): TemplatePlace => ({
  line: loc.start.line,
  column: loc.start.column + 1,
});

const isPath = (node: hbs.AST.Node): node is hbs.AST.PathExpression => node.type === "PathExpression";
const isCall = (node: hbs.AST.Node): node is hbs.AST.SubExpression => node.type === "SubExpression";

/** Handlebars' types declare every part of a block and a call; its parser omits those that are absent. */
type Block = Omit<hbs.AST.BlockStatement, "program" | "inverse" | "hash"> & {
  program?: hbs.AST.Program;
  inverse?: hbs.AST.Program;
  hash?: hbs.AST.Hash;
};
type Mustache = Omit<hbs.AST.MustacheStatement, "hash"> & { hash?: hbs.AST.Hash };
const isMustache = (node: hbs.AST.Node): node is Mustache => node.type === "MustacheStatement";
const isBlock = (node: hbs.AST.Node): node is Block => node.type === "BlockStatement";

interface Call {
  params: hbs.AST.Expression[];
  hash?: hbs.AST.Hash;
}

class Rewriter {
  readonly readings: Reading[] = [];
  readonly #callable: Callable;
  readonly #problems: Problem[];
  readonly #file: string;

  constructor(callable: Callable, problems: Problem[], file: string) {
    this.#callable = callable;
    this.#problems = problems;
    this.#file = file;
  }

  /** `names` are the block parameters in scope. */
  program(program: hbs.AST.Program, names: readonly string[]): hbs.AST.Program {
    // Contrary to its types, Handlebars omits blockParams if a block has none.
    const inner = [...names, ...((program.blockParams as string[] | undefined) ?? [])];
    return { ...program, body: program.body.map((statement) => this.#statement(statement, inner)) };
  }

  #statement(node: hbs.AST.Statement, names: readonly string[]): hbs.AST.Statement {
    if (isMustache(node)) return this.#mustache(node, names);
    if (isBlock(node)) return this.#block(node, names);
    if (node.type === "ContentStatement" || node.type === "CommentStatement") return node;
    this.#wrong(node, "partials and decorators are not supported; write a helper or a separate template");
    return node;
  }

  #mustache(node: Mustache, names: readonly string[]): hbs.AST.Statement {
    const { path } = node;
    if (!isPath(path)) {
      this.#wrong(path, "a literal needs no {{ }}");
      return node;
    }
    if (node.params.length > 0 || node.hash || this.#names(path, this.#callable.helpers, names))
      return { ...node, ...this.#call(node, path, names) };
    const read = this.#read(path, names, { optional: false, printed: true });
    const printed: Mustache = { ...node, path: read.path, params: read.params };
    return printed;
  }

  #block(node: Block, names: readonly string[]): Block {
    const inside = {
      ...(node.program && { program: this.program(node.program, names) }),
      ...(node.inverse && { inverse: this.program(node.inverse, names) }),
    };
    const name = node.path.original;
    if (!this.#names(node.path, this.#callable.blocks, names))
      this.#wrong(node.path, `"${name}" is not a block; write {{#if ${name}}}, {{#each ${name}}} or {{#with ${name}}}`);
    else if (node.params.length !== 1)
      this.#wrong(node, `{{#${name}}} takes one value, got ${String(node.params.length)}`);
    return { ...node, ...inside, ...this.#arguments(node, names) };
  }

  #call(node: Call, path: hbs.AST.PathExpression, names: readonly string[]): Call {
    const { helpers } = this.#callable;
    if (!this.#names(path, helpers, names))
      this.#wrong(path, `there is no helper "${path.original}"${didYouMean(path.original, helpers)}`);
    return this.#arguments(node, names, path.original === "default");
  }

  #arguments({ params, hash }: Call, names: readonly string[], firstIsOptional = false): Call {
    const optional = (index: number): boolean => firstIsOptional && index === 0;
    return {
      params: params.map((param, index) => this.#argument(param, names, optional(index))),
      ...(hash && {
        hash: {
          ...hash,
          pairs: hash.pairs.map((pair) => ({ ...pair, value: this.#argument(pair.value, names, false) })),
        },
      }),
    };
  }

  #argument(node: hbs.AST.Expression, names: readonly string[], optional: boolean): hbs.AST.Expression {
    if (isCall(node)) return { ...node, ...this.#call(node, node.path, names) };
    return isPath(node) ? this.#read(node, names, { optional, printed: false }) : node;
  }

  #read(
    path: hbs.AST.PathExpression,
    names: readonly string[],
    how: Pick<Reading, "optional" | "printed">,
  ): hbs.AST.SubExpression {
    const { loc, original, depth, data } = path;
    // How Handlebars distinguishes `this.name` and `./name` from a block parameter of that name.
    const scoped = /^\.|this\b/.test(original);
    const [first] = path.parts;
    const isParameter = !data && depth === 0 && !scoped && first !== undefined && names.includes(first);
    // Handlebars itself resolves the first part of @name and of block parameters, else only the levels to go up.
    const taken = data || isParameter ? 1 : 0;
    const base: hbs.AST.PathExpression = { ...path, parts: path.parts.slice(0, taken) };
    if (taken === 0) base.original = depth > 0 ? "../".repeat(depth) : "this";
    this.readings.push({ original, parts: path.parts.slice(taken), place: placeOf(path), ...how });
    const number = this.readings.length - 1;
    const index: hbs.AST.NumberLiteral = { type: "NumberLiteral", value: number, original: number, loc };
    const callee: hbs.AST.PathExpression = {
      type: "PathExpression",
      data: false,
      depth: 0,
      parts: [readHelper],
      original: readHelper,
      loc,
    };
    return { type: "SubExpression", path: callee, params: [base, index], hash: { type: "Hash", pairs: [], loc }, loc };
  }

  /** Whether a path is one of some names, and no block parameter of that name hides it. */
  #names(path: hbs.AST.PathExpression, some: ReadonlySet<string>, hiding: readonly string[]): boolean {
    const { original, parts, depth, data } = path;
    return !data && depth === 0 && parts.length === 1 && some.has(original) && !hiding.includes(original);
  }

  #wrong(node: hbs.AST.Node, message: string): void {
    this.#problems.push({ message, where: { file: this.#file, ...placeOf(node) } });
  }
}
