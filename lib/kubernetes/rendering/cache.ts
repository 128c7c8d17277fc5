import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { cacheFolder, writeWhole } from "#engine/files.ts";
import type { Manifest } from "../api/manifest.ts";

/** Counts up when the same inputs give other objects: what was kept before is then not looked at any more. */
const format = 1;

export const digestOf = (inputs: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([format, inputs]))
    .digest("hex");

/** Of this process: a set is asked for several times in a run. */
const known = new Map<string, Promise<readonly Manifest[]>>();

/** What was rendered of the same inputs before, or what is rendered now; kept in the user's cache, for nobody else to read. */
export function rendered(inputs: unknown, render: () => Promise<readonly Manifest[]>): Promise<readonly Manifest[]> {
  const digest = digestOf(inputs);
  const found = known.get(digest) ?? read(digest, render);
  known.set(digest, found);
  found.catch(() => known.delete(digest));
  return found;
}

/** Days that a rendering is kept for after it was last wanted. */
const keptFor = 30;
const day = 24 * 60 * 60 * 1000;

/** Best effort: another run may do the same. */
async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  await Promise.allSettled(
    names.map(async (name) => {
      const file = path.join(folder, name);
      if (Date.now() - (await stat(file)).mtimeMs > keptFor * day) await rm(file, { force: true });
    }),
  );
}

async function read(digest: string, render: () => Promise<readonly Manifest[]>): Promise<readonly Manifest[]> {
  const file = path.join(cacheFolder(), "renderings", `${digest}.json`);
  try {
    const objects = JSON.parse(await readFile(file, "utf8")) as readonly Manifest[];
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return objects;
  } catch {
    // Absent or damaged: in both cases it is rendered anew.
    const objects = await render();
    // Values of a chart may be secrets.
    await writeWhole(file, JSON.stringify(objects), { mode: 0o600, folderMode: 0o700 });
    await prune(path.dirname(file));
    return objects;
  }
}
