import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { PlayError } from "#engine/errors.ts";
import type { Check } from "./check.ts";

const isCheck = (value: unknown): value is Check =>
  typeof value === "object" && value !== null && "name" in value && "findings" in value;

/**
 * The checks in the project's folder doctor/, in the order of their files. Throws PlayError with the file that is no
 * check, or cannot be loaded, or has the name of another check.
 */
export async function checksOfProject(root: string, others: readonly Check[]): Promise<readonly Check[]> {
  const folder = path.join(root, "doctor");
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ts")) : [];
  const checks: Check[] = [];
  for (const name of files.sort()) {
    const check = await load(path.join(folder, name));
    if ([...others, ...checks].some((other) => other.name === check.name))
      throw new PlayError(`doctor/${name}: there is a check named ${check.name} already, expected another name`);
    checks.push(check);
  }
  return checks;
}

async function load(file: string): Promise<Check> {
  const shown = path.join("doctor", path.basename(file));
  const broken = globalThis.kubeplayBroken?.[file];
  if (broken !== undefined) throw new PlayError(`${shown} could not be compiled: ${broken}`);
  const exported = (await import(pathToFileURL(globalThis.kubeplayCompiled?.[file] ?? file).href).catch(
    (error: unknown) => {
      throw new PlayError(`${shown} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    },
  )) as { readonly default?: unknown };
  if (isCheck(exported.default)) return exported.default;
  throw new PlayError(`${shown}: expected a check as its default export: export default defineCheck({ … })`);
}
