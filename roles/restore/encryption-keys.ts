import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { writePrivate } from "#engine/pki/files.ts";
import { encryptionInWords, readsAlso, renderEncryption } from "#cluster/encryption/config.ts";
import { encryptionIn, retiredKeys } from "#cluster/encryption/file.ts";
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
    await addKeysOf(path.join(folder, "encryption.yaml"), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Adds the keys that a rotation removed since the snapshot, which has none itself. */
export const addRetiredKeys = (file: string): Promise<void> => addKeysOf(retiredKeys(file), file);

async function addKeysOf(other: string, file: string): Promise<void> {
  const older = await encryptionIn(other);
  const now = (await encryptionIn(file)) ?? new Map();
  const both = older && readsAlso(now, older);
  if (both && encryptionInWords(both) !== encryptionInWords(now)) await writePrivate(file, renderEncryption(both));
}
