import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import { shownPath, writeWhole } from "#engine/files.ts";
import { home } from "#engine/start/home.mjs";
import { readLock, renderLock, type Digests, type Lock } from "./lock-file.ts";

/** Where a binary comes from, as a lock file names it; includes the version of a compiler. */
export type Origin = string;

/** The name of a file in the cache in a lock file. */
export const pinName = (name: string, version: string, architecture: string, origin: Origin): string =>
  `${name}@${version}/${architecture}/${origin}`;

export interface Pin {
  readonly digest: string;
  /** The lock file that has it. */
  readonly file: string;
}
export interface Pins {
  readonly artifacts: Readonly<Record<string, Pin | undefined>>;
  readonly downloads: Readonly<Record<string, Pin | undefined>>;
}

/** The pins that kubeplay comes with. */
export const shippedLockFile = path.join(home, "artifacts.lock.json");

/**
 * The pins that a user's runs add: those that kubeplay comes with are in version control or in its package, and a run
 * leaves them alone.
 */
export const ownLockFile = (lockFile: string): string =>
  path.resolve(lockFile === shippedLockFile ? "" : path.dirname(lockFile), ".kubeplay", path.basename(lockFile));

const inFile = (digests: Digests, file: string): Record<string, Pin> =>
  Object.fromEntries(Object.entries(digests).map(([name, digest]) => [name, { digest, file }]));

/** The pins of the project before the user's own. */
export async function readPins(lockFile: string): Promise<Pins> {
  const own = ownLockFile(lockFile);
  const [shipped, seen] = await Promise.all([readLock(lockFile), readLock(own)]);
  const both = (kind: keyof Lock): Record<string, Pin> => ({
    ...inFile(seen[kind], own),
    ...inFile(shipped[kind], lockFile),
  });
  return { artifacts: both("artifacts"), downloads: both("downloads") };
}

/** Throws PlayError if the digest of a file for the cache differs from its pin. */
export function checkPins(pins: Pins["artifacts"], got: Digests): void {
  const wrong = Object.entries(got).flatMap(([name, digest]) => {
    const pin = pins[name];
    return pin && pin.digest !== digest ? [{ name, digest, pin }] : [];
  });
  if (wrong.length === 0) return;
  const files = [...new Set(wrong.map(({ pin }) => shownPath(pin.file)))].join(" and ");
  throw new PlayError(
    [
      ...wrong.map(
        ({ name, digest, pin }) =>
          `${name} does not match its pin in ${shownPath(pin.file)}: expected sha256 ${pin.digest}, got ${digest}.`,
      ),
      "Nothing was stored. If the pin is right, do not trust the source: find out what serves this file.",
      `If the change is intended (another recipe, a release that was replaced), remove these lines from ${files} and run again.`,
    ].join("\n"),
  );
}

/** Adds missing pins to the user's own lock file. The caller must hold the lock of the file. */
export async function addPins(lockFile: string, got: Lock): Promise<void> {
  const pins = await readPins(lockFile);
  checkPins(pins.artifacts, got.artifacts);
  const missing = (kind: keyof Lock): Digests =>
    Object.fromEntries(Object.entries(got[kind]).filter(([name]) => pins[kind][name] === undefined));
  const [artifacts, downloads] = [missing("artifacts"), missing("downloads")];
  if (Object.keys(artifacts).length + Object.keys(downloads).length === 0) return;
  const own = ownLockFile(lockFile);
  const seen = await readLock(own);
  await writeWhole(
    own,
    renderLock({
      artifacts: { ...seen.artifacts, ...artifacts },
      downloads: { ...seen.downloads, ...downloads },
    }),
  );
}
