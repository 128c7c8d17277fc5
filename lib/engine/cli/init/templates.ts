import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { renderTemplate } from "../../template/index.ts";

/** Writes a file from a template beside this module, unless the file is there. Returns whether it was written. */
export function writeNew(file: string, template: string, values: Readonly<Record<string, string>> = {}): boolean {
  if (existsSync(file)) return false;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, renderTemplate(path.join(import.meta.dirname, `${template}.hbs`), values), { flag: "wx" });
  return true;
}
