import Handlebars from "handlebars";
import { InputError, type Location, type Problem } from "../errors.ts";
import { checkPaths, readHelper } from "./check-paths.ts";
import { makeEnvironment } from "./environment.ts";
import { blocks, helpers } from "./helpers.ts";
import { read } from "./read.ts";

export type Template = (values: object) => string;

const environment = makeEnvironment();
const known = { helpers: new Set(Object.keys(helpers)), blocks: new Set<string>(blocks) };

/** Compiles a template to a function. Throws InputError for a mistake in it, as the function does for missing names. */
export function compile(text: string, file: string): Template {
  const problems: Problem[] = [];
  const { program, readings } = checkPaths(parse(text, file), known, problems, file);
  if (problems.length > 0) throw new InputError(problems);
  const render = environment.compile<object>(program, { noEscape: true });
  const readValue = (base: unknown, index: number): unknown => {
    const reading = readings[index];
    return reading && read(base, reading, file);
  };
  return (values) => {
    try {
      return render(values, { helpers: { [readHelper]: readValue } });
    } catch (error) {
      throw error instanceof InputError ? error : new InputError([problemOf(error, file)]);
    }
  };
}

function parse(text: string, file: string): hbs.AST.Program {
  try {
    return Handlebars.parse(text, { srcName: file });
  } catch (error) {
    throw new InputError([problemOf(error, file)]);
  }
}

function problemOf(error: unknown, file: string): Problem {
  if (!(error instanceof Error)) return { message: String(error), where: { file } };
  return { message: wordsOf(error.message), where: { file, ...placeIn(error) } };
}

/** Handlebars' own errors have a place. Those of its parser have a drawing, but the parser keeps its last token. */
function placeIn(error: Error): Omit<Location, "file"> {
  const { lineNumber, column } = error as Partial<Record<"lineNumber" | "column", unknown>>;
  if (typeof lineNumber === "number")
    return { line: lineNumber, ...(typeof column === "number" && { column: column + 1 }) };
  if (!parserError.test(error.message)) return {};
  const { first_line: line, first_column: start } = part(part(part(Handlebars, "Parser"), "lexer"), "yylloc");
  return typeof line === "number" && typeof start === "number" ? { line, column: start + 1 } : {};
}

const parserError = /^(?:Parse|Lexical) error/;

const part = (value: Record<string, unknown>, key: string): Record<string, unknown> => {
  const inner = value[key];
  return isMap(inner) ? inner : {};
};

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The parser's message is a drawing with a list of tokens; one line with the unexpected token is easier to read. */
function wordsOf(message: string): string {
  const got = /got '([^']*)'\s*$/.exec(message)?.[1];
  if (parserError.test(message))
    return `syntax error: ${got === undefined ? "unexpected text" : (tokens[got] ?? `unexpected ${got}`)}`;
  return message.replace(/ - \d+:\d+$/, "");
}

const tokens: Readonly<Record<string, string>> = {
  EOF: "the template ends, but a block or a {{ is still open",
  OPEN_ENDBLOCK: "the end of a block that was not opened",
  INVALID: "unexpected characters",
  CLOSE: "unexpected }}",
  INVERSE: "unexpected {{else}}",
};
