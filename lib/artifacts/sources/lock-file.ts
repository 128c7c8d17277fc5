import { readFile } from "node:fs/promises";
import { InputError, type Problem } from "#engine/errors.ts";

/** Name → sha256, 64 lower-case hex digits. */
export type Digests = Readonly<Record<string, string>>;

/** The content of a lock file. */
export interface Lock {
  /** Files in the cache: "kubelet@1.37.2/amd64/upstream" → sha256. */
  readonly artifacts: Digests;
  /** The official address of a release's file → its sha256, whatever mirror serves it. */
  readonly downloads: Digests;
}
export const emptyLock: Lock = { artifacts: {}, downloads: {} };

const isDigest = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Reads a lock file; empty if it does not exist. Rejects with InputError. */
export async function readLock(file: string): Promise<Lock> {
  try {
    return parse(file, await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return emptyLock;
    throw error;
  }
}

function parse(file: string, text: string): Lock {
  const problem = (message: string): Problem => ({ message, where: { file } });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InputError([problem(`is not JSON: ${error instanceof Error ? error.message : String(error)}`)]);
  }
  if (!isObject(content) || !("artifacts" in content))
    throw new InputError([
      problem(`has no "artifacts"; restore the file from version control, or delete it to create new pins`),
    ]);
  const { artifacts } = content;
  const downloads = "downloads" in content ? content.downloads : {};
  const problems = [
    ...problemsOf("artifacts", artifacts, () => undefined),
    ...problemsOf("downloads", downloads, (name) =>
      URL.canParse(name) && name.startsWith("https://") ? undefined : "expected the https address of a release's file",
    ),
  ];
  if (problems.length > 0) throw new InputError(problems.map(problem));
  return { artifacts: artifacts as Digests, downloads: downloads as Digests };
}

function problemsOf(key: string, digests: unknown, ofName: (name: string) => string | undefined): string[] {
  if (!isObject(digests)) return [`"${key}" is ${typeof digests}, expected an object of name → sha256`];
  return Object.entries(digests).flatMap(([name, digest]: [string, unknown]) => {
    const wrong = ofName(name);
    if (wrong !== undefined) return [`"${name}": ${wrong}`];
    return isDigest(digest)
      ? []
      : [`"${name}": expected a sha256 (64 lower-case hex digits), got ${JSON.stringify(digest)}`];
  });
}

const sorted = (digests: Digests): Digests =>
  Object.fromEntries(Object.entries(digests).sort(([a], [b]) => (a < b ? -1 : 1)));

export const renderLock = ({ artifacts, downloads }: Lock): string =>
  `${JSON.stringify({ lockVersion: 1, downloads: sorted(downloads), artifacts: sorted(artifacts) }, null, 2)}\n`;
