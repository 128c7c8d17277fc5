import { chmod, rm } from "node:fs/promises";
import { TaskError } from "../errors.ts";
import { writeWhole } from "../files.ts";

/**
 * The path of a certificate's key: beside it, "x.key" for "x.crt".
 *
 * @example
 * keyPathOf("/etc/ssl/web.crt"); // "/etc/ssl/web.key"
 */
export const keyPathOf = (certificate: string): string => certificate.replace(/\.(crt|pem)$/, "") + ".key";

/** Writes a certificate or a public key, mode 0644. New folders are for the user only. Rejects with TaskError. */
export const writePublic = (file: string, text: string): Promise<void> =>
  writeWhole(file, text, { mode: 0o644, folderMode: 0o700 });
/** Writes a key, or a file that contains one, mode 0600. New folders are for the user only. Rejects with TaskError. */
export const writePrivate = (file: string, text: string): Promise<void> =>
  writeWhole(file, text, { mode: 0o600, folderMode: 0o700 });

/** Gives a file to its owner only: mode 0600. Rejects with TaskError. */
export async function makePrivate(file: string): Promise<void> {
  try {
    await chmod(file, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TaskError(`The mode of ${file} could not be set to 0600: ${reason}`);
  }
}

/** Removes files one after the other; missing files are ignored. Rejects with TaskError. */
export async function removeFiles(...files: readonly string[]): Promise<void> {
  for (const file of files)
    await rm(file, { force: true }).catch((error: unknown) => {
      throw new TaskError(`${file} could not be removed: ${error instanceof Error ? error.message : String(error)}`);
    });
}
