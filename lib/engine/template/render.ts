import { readFileSync, statSync } from "node:fs";
import { InputError } from "../errors.ts";
import { shownPath, utf8Text } from "../files.ts";
import { currentVault, plaintextOf } from "../vault/index.ts";
import { compile, type Template } from "./compile.ts";

interface Cached {
  readonly changed: number;
  readonly size: number;
  readonly template: Template;
  /** Whether the file is encrypted: its rendered text is then never shown. */
  readonly secret: boolean;
}

const cache = new Map<string, Cached>();

/** Reads and compiles a template, once until its file changes. Throws InputError with file:line:column. */
export const parseTemplate = (file: string): Template => parsed(file).template;

/** Whether a template's file is encrypted. */
export const isSecretTemplate = (file: string): boolean => parsed(file).secret;

/** Renders a template with some values. Nothing is escaped. */
export function renderTemplate(file: string, values: object): string {
  const { template, secret } = parsed(file);
  const text = template(values);
  if (secret) currentVault().learned(text);
  return text;
}

function parsed(file: string): Cached {
  const name = shownPath(file);
  try {
    const { mtimeMs: changed, size } = statSync(file);
    const known = cache.get(file);
    if (known?.changed === changed && known.size === size) return known;
    const plaintext = plaintextOf(file);
    const template = compile(utf8Text(plaintext ?? readFileSync(file), name), name);
    const made = { changed, size, template, secret: plaintext !== undefined };
    cache.set(file, made);
    return made;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const why =
      error.code === "ENOENT" ? "there is no such template" : `the template cannot be read (${String(error.code)})`;
    throw new InputError([{ message: why, where: { file: name } }]);
  }
}

/** The same for a text that is not a file; errors refer to it by `name`. */
export const renderText = (text: string, values: object, name: string): string => compile(text, name)(values);
