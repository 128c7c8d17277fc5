import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { cacheFolder, writeWhole } from "#engine/files.ts";
import type { Manifest } from "../api/manifest.ts";

/** Increase it when the same inputs render to other objects: older cache entries are then ignored. */
const format = 1;

export const digestOf = (inputs: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([format, inputs]))
    .digest("hex");

/** Renderings of this process: a run asks for the same one several times. */
const known = new Map<string, Promise<readonly Manifest[]>>();

/** Returns the cached rendering of these inputs, or renders them. Cache files are readable by their owner only. */
export function rendered(inputs: unknown, render: () => Promise<readonly Manifest[]>): Promise<readonly Manifest[]> {
  const digest = digestOf(inputs);
  const found = known.get(digest) ?? read(digest, render);
  known.set(digest, found);
  found.catch(() => known.delete(digest));
  return found;
}

/** Days that a rendering is kept after its last use. */
const keptFor = 30;
const day = 24 * 60 * 60 * 1000;

/** Best effort: another run may remove the same files. */
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
    // Absent or damaged: render it again.
    const objects = await render();
    // Values of a chart may be secrets.
    await writeWhole(file, JSON.stringify(objects), { mode: 0o600, folderMode: 0o700 });
    await prune(path.dirname(file));
    return objects;
  }
}
