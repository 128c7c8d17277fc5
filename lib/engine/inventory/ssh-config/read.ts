import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "ssh-config";
import { matchesWildcard } from "../../connection/wildcard.ts";
import type { Location, Problem } from "../../errors.ts";

/** One line of ssh's configuration. */
export interface Directive {
  /** In lower case: "hostname". */
  readonly keyword: string;
  /** The line's words after the keyword. */
  readonly words: readonly string[];
  /** Everything after the keyword, as written. */
  readonly text: string;
  readonly where: Location;
}

/** The keywords whose values are read; a mistake in another one is ssh's own to report. */
export const keywords = new Set([
  ...["host", "match", "include", "hostname", "port", "user", "identityfile", "proxyjump", "proxycommand"],
  ...["userknownhostsfile", "globalknownhostsfile", "stricthostkeychecking", "hostkeyalias", "canonicalizehostname"],
]);

/**
 * The lines of a file that matter for connections. A missing file has none, as for ssh. The library gets one line at a
 * time: over several, it would take the next line for a value that is missing, and it knows no line numbers.
 */
export function readDirectives(file: string, problems: Problem[]): Directive[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (!isMissing(error)) problems.push({ message: `cannot be read: ${said(error)}`, where: { file } });
    return [];
  }
  return text.split("\n").flatMap((line, index) => directiveIn(line, { file, line: index + 1 }, problems));
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function directiveIn(line: string, where: Location, problems: Problem[]): Directive[] {
  const [, written = "", text = ""] = /^\s*([^\s=#"]+)[ \t]*=?\s*(.*?)\s*$/.exec(line) ?? [];
  const keyword = written.toLowerCase();
  if (!keywords.has(keyword)) return [];
  const wrong = (message: string): Directive[] => {
    problems.push({ message: `${written}: ${message}`, where });
    return [];
  };
  if (text === "") return wrong("it has no value");
  // ssh gives this line to a shell as it is.
  if (keyword === "proxycommand") return [{ keyword, words: [text], text, where }];
  if (/[^\s"]#/.test(text.replaceAll(/"[^"]*"/g, '""')))
    return wrong("a # within a word is not supported; write the word in double quotes");
  try {
    const [node] = parse(line);
    if (node === undefined || !("value" in node)) return wrong("it has no value");
    const words = typeof node.value === "string" ? [node.value] : node.value.map(({ val }) => val);
    return words.some((word) => word !== "") ? [{ keyword, words, text, where }] : wrong("it has no value");
  } catch (error) {
    return wrong(said(error).includes("line break") ? "a quote is not closed" : said(error));
  }
}

/** The files that a pattern of `Include` names, in the order of their names; none if there are none. */
export function filesOf(pattern: string): string[] {
  const [root = "", ...parts] = path.resolve(pattern).split("/");
  return parts.reduce<string[]>(
    (found, part) =>
      /[*?]/.test(part)
        ? found.flatMap((folder) => entriesOf(folder, part).map((name) => `${folder}/${name}`))
        : found.map((folder) => `${folder}/${part}`),
    [root],
  );
}

function entriesOf(folder: string, pattern: string): string[] {
  try {
    const visible = (name: string): boolean => pattern.startsWith(".") || !name.startsWith(".");
    return readdirSync(folder === "" ? "/" : folder)
      .filter((name) => visible(name) && matchesWildcard(pattern, name))
      .sort();
  } catch {
    return [];
  }
}
