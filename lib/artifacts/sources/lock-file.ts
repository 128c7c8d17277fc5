import { readFile } from "node:fs/promises";
import { InputError, PlayError, type Problem } from "#engine/errors.ts";
import { writeWhole } from "#engine/files.ts";

/** The pins of artifacts.lock.json: "kubelet@1.37.2/amd64/upstream" → sha256. */
export type Pins = Readonly<Record<string, string>>;

/** Where a binary comes from, as the lock file names it; includes the version of a compiler. */
export type Origin = string;

export const pinName = (name: string, version: string, architecture: string, origin: Origin): string =>
  `${name}@${version}/${architecture}/${origin}`;

const isDigest = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

function parse(file: string, text: string): Pins {
  const problem = (message: string): Problem => ({ message, where: { file } });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InputError([problem(`is not JSON: ${error instanceof Error ? error.message : String(error)}`)]);
  }
  if (typeof content !== "object" || content === null || !("artifacts" in content))
    throw new InputError([
      problem(`has no "artifacts"; restore the file from version control, or delete it to create new pins`),
    ]);
  const { artifacts } = content;
  if (typeof artifacts !== "object" || artifacts === null)
    throw new InputError([problem(`"artifacts" is ${typeof artifacts}, expected an object of name → sha256`)]);
  const pins: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const [name, digest] of Object.entries(artifacts)) {
    if (isDigest(digest)) pins[name] = digest;
    else
      problems.push(problem(`"${name}": expected a sha256 (64 lower-case hex digits), got ${JSON.stringify(digest)}`));
  }
  if (problems.length > 0) throw new InputError(problems);
  return pins;
}

/** Reads the pins; empty if the file does not exist yet. */
export async function readPins(file: string): Promise<Pins> {
  try {
    return parse(file, await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}

export const renderPins = (pins: Pins): string =>
  `${JSON.stringify({ lockVersion: 1, artifacts: Object.fromEntries(Object.entries(pins).sort(([a], [b]) => (a < b ? -1 : 1))) }, null, 2)}\n`;

/** Throws PlayError if a digest differs from its pin. */
export function checkPins(file: string, pins: Pins, got: Pins): void {
  const wrong = Object.entries(got).filter(([name, digest]) => (pins[name] ?? digest) !== digest);
  if (wrong.length === 0) return;
  throw new PlayError(
    [
      ...wrong.map(
        ([name, digest]) => `${name} does not match its pin in ${file}: expected sha256 ${pins[name]}, got ${digest}.`,
      ),
      "Nothing was stored. If the pin is right, do not trust the source: find out what serves this file.",
      `If the change is intended (another recipe, a release that was replaced), remove these lines from ${file} and run again.`,
    ].join("\n"),
  );
}

/** Adds missing pins. The caller must hold the lock of the file. */
export async function addPins(file: string, got: Pins): Promise<void> {
  const pins = await readPins(file);
  checkPins(file, pins, got);
  if (Object.keys(got).every((name) => name in pins)) return;
  await writeWhole(file, renderPins({ ...pins, ...got }));
}
