import { createHash } from "node:crypto";
import { createReadStream, type BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { TaskError } from "../errors.ts";
import { defineQuery } from "./define.ts";

/** A file on the controller, `size` in bytes, `mode` as permission bits; undefined if there is none. */
export type ControllerFileState = { readonly sha256: string; readonly size: number; readonly mode: number } | undefined;

/** The file at a path on the controller. Fails with TaskError if something else is there. */
export const controllerFile = defineQuery<ControllerFileState>({
  kind: "controller file",
  get: async (paths) => new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const))),
});

/**
 * The forecast of a file that will be made: its content is known after apply, and the same for every task. So if two
 * tasks copy it to a host, only the first changes the host. `which` tells contents apart if one run makes it several times.
 */
export const fileToCome = (path: string, mode = 0o644, which?: string): NonNullable<ControllerFileState> => ({
  sha256: `known after apply: ${path}${which === undefined ? "" : ` ${which}`}`,
  size: 0,
  mode,
});

async function read(path: string): Promise<ControllerFileState> {
  let stats: BigIntStats;
  try {
    stats = await stat(path, { bigint: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
  if (!stats.isFile()) throw new TaskError(`${path} on the controller is not a file`);
  return { sha256: await digestOf(path, stats), size: Number(stats.size), mode: Number(stats.mode & 0o7777n) };
}

/** Every host of a play needs the same files: each is hashed once until it changes. */
const digests = new Map<string, { readonly identity: string; readonly sha256: Promise<string> }>();

function digestOf(path: string, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Promise<string> {
  const identity = [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  const known = digests.get(path);
  if (known?.identity === identity) return known.sha256;
  const sha256 = hash(path);
  digests.set(path, { identity, sha256 });
  sha256.catch(() => digests.delete(path));
  return sha256;
}

async function hash(path: string): Promise<string> {
  const digest = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
  return digest.digest("hex");
}
