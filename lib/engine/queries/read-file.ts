import { readFile, stat } from "node:fs/promises";

/** A text file on the controller, not parsed yet. */
export type Reading =
  | { readonly type: "absent" }
  | { readonly type: "unreadable"; readonly reason: string }
  | { readonly type: "text"; readonly text: string; readonly mode: number };

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** Never rejects: a file that cannot be read is a state too. */
export async function readText(path: string): Promise<Reading> {
  try {
    const [text, { mode }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return { type: "text", text, mode: mode & 0o7777 };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { type: "absent" };
    const reasons: Record<string, string> = { EISDIR: "it is a directory", EACCES: "no permission to read it" };
    return { type: "unreadable", reason: reasons[String(code)] ?? `it cannot be read (${String(code)})` };
  }
}

export type Unusable = Exclude<Reading, { type: "text" }>;

/** Parses a text. If the parser throws, the file is unreadable, with the parser's message as the reason. */
export function understood<State>(reading: Reading, parse: (text: string, mode: number) => State): State | Unusable {
  if (reading.type !== "text") return reading;
  try {
    return parse(reading.text, reading.mode);
  } catch (error) {
    return { type: "unreadable", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** One answer per path; all files are read at once. */
export async function readEach<State>(
  paths: readonly string[],
  read: (path: string) => Promise<State>,
): Promise<ReadonlyMap<string, State>> {
  return new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
}
