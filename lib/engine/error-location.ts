import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Location } from "./errors.ts";
import { shownPath } from "./files.ts";
import { library } from "./start/home.mjs";

const frame = /(?:\(|at )(?:async )?((?:file:\/\/)?\/.+):(\d+):(\d+)\)?$/gm;

/**
 * Where the project's own sources threw an error, or called the function that threw it: the first location outside of
 * kubeplay's library and of npm packages. Undefined if there is none.
 */
export function locationOf(error: Error): Location | undefined {
  for (const [, name = "", line, column] of (error.stack ?? "").matchAll(frame)) {
    const file = name.startsWith("file:") ? fileURLToPath(name) : name;
    const location = sourceOf({ file, line: Number(line), column: Number(column) });
    if (location.file.startsWith(library) || location.file.includes(`${path.sep}node_modules${path.sep}`)) continue;
    return { ...location, file: shownPath(location.file) };
  }
  return undefined;
}

/** The location in the source, for one in a compiled file. */
function sourceOf(compiled: Required<Location>): Required<Location> {
  const map = `${compiled.file}.map`;
  if (!existsSync(map)) return compiled;
  const parsed = JSON.parse(readFileSync(map, "utf8")) as ConstructorParameters<typeof SourceMap>[0];
  const found = new SourceMap(parsed).findEntry(compiled.line - 1, compiled.column - 1);
  if (!("originalSource" in found)) return compiled;
  const file = path.resolve(path.dirname(compiled.file), found.originalSource);
  return { file, line: found.originalLine + 1, column: found.originalColumn + 1 };
}
