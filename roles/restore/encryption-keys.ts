import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { TaskError } from "kubeplay";
import { writePrivate } from "#engine/pki/files.ts";
import { encryptionInWords, parseEncryption, readsAlso, renderEncryption } from "#cluster/encryption/config.ts";
import { nodeStream, tar } from "#cluster/backup/streams.ts";
import { encryptionPath } from "#cluster/paths.ts";

export interface AddedKeys {
  /** Whose backup it is. */
  readonly cluster: string;
  /** The controller's keys of encryption. */
  readonly file: string;
  /** Is made, and removed again. */
  readonly folder: string;
}

async function configIn(file: string) {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const config = parseEncryption(text);
  if (!config) throw new TaskError(`${file} is no configuration of encryption as kubeplay writes it`);
  return config;
}

/**
 * Adds the keys of a backup's archive to the controller's. If the key was replaced since, API servers need the older one
 * too, or they could read no Secret of the snapshot.
 */
export async function addKeys(
  archive: ReadableStream<Uint8Array>,
  { cluster, file, folder }: AddedKeys,
): Promise<void> {
  const inArchive = path.dirname(path.relative(".", encryptionPath(cluster)));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const unpacking = tar([
      ...["-xzf", "-", "-C", folder, "--no-same-owner", "--exclude=*.key", "--exclude=*.crt"],
      ...[`--strip-components=${String(inArchive.split("/").length)}`, inArchive],
    ]);
    await pipeline(nodeStream(archive), unpacking.input);
    await unpacking.done;
    const older = await configIn(path.join(folder, "encryption.yaml"));
    const now = (await configIn(file)) ?? new Map();
    const both = older && readsAlso(now, older);
    if (both && encryptionInWords(both) !== encryptionInWords(now)) await writePrivate(file, renderEncryption(both));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
