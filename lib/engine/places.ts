import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Location } from "./errors.ts";
import { shownPath } from "./files.ts";
import { library } from "./start/home.mjs";

const frame = /(?:\(|at )(?:async )?((?:file:\/\/)?\/.+):(\d+):(\d+)\)?$/gm;

/**
 * Where the project's own sources threw an error, or called what threw it: the first place outside of kubeplay's library
 * and of npm packages. Undefined if there is none.
 */
export function placeOf(error: Error): Location | undefined {
  for (const [, name = "", line, column] of (error.stack ?? "").matchAll(frame)) {
    const file = name.startsWith("file:") ? fileURLToPath(name) : name;
    const place = sourceOf({ file, line: Number(line), column: Number(column) });
    if (place.file.startsWith(library) || place.file.includes(`${path.sep}node_modules${path.sep}`)) continue;
    return { ...place, file: shownPath(place.file) };
  }
  return undefined;
}

type Place = Required<Location>;

/** The place in the source, for a place in a compiled file. */
function sourceOf(place: Place): Place {
  const map = `${place.file}.map`;
  if (!existsSync(map)) return place;
  const parsed = JSON.parse(readFileSync(map, "utf8")) as ConstructorParameters<typeof SourceMap>[0];
  const found = new SourceMap(parsed).findEntry(place.line - 1, place.column - 1);
  if (!("originalSource" in found)) return place;
  const file = path.resolve(path.dirname(place.file), found.originalSource);
  return { file, line: found.originalLine + 1, column: found.originalColumn + 1 };
}
