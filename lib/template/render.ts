import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { InputError } from "../errors.ts";
import { compile, type Template } from "./compile.ts";

interface Cached {
  readonly changed: number;
  readonly size: number;
  readonly template: Template;
}

const cache = new Map<string, Cached>();

/** Reads and compiles a template, once until its file changes. Throws InputError with file:line:column where it is wrong. */
export function parseTemplate(file: string): Template {
  const name = shown(file);
  try {
    const { mtimeMs: changed, size } = statSync(file);
    const known = cache.get(file);
    if (known?.changed === changed && known.size === size) return known.template;
    const template = compile(readFileSync(file, "utf8"), name);
    cache.set(file, { changed, size, template });
    return template;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const why =
      error.code === "ENOENT" ? "there is no such template" : `the template cannot be read (${String(error.code)})`;
    throw new InputError([{ message: why, where: { file: name } }]);
  }
}

/** The text that a template makes of some values; nothing in it is escaped. */
export const renderTemplate = (file: string, values: object): string => parseTemplate(file)(values);

/** The same for a text that is not a file; errors call it by its name. */
export const renderText = (text: string, values: object, name: string): string => compile(text, name)(values);

/** A path as a person in the project's folder would write it. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}
