import { chmod, rm } from "node:fs/promises";
import { TaskError } from "../errors.ts";
import { writeWhole } from "../files.ts";

/** The key's place: beside its certificate, "x.key" for "x.crt". */
export const keyPathOf = (certificate: string): string => certificate.replace(/\.(crt|pem)$/, "") + ".key";

/** For certificates and public keys. Folders made for them are the user's alone. */
export const writePublic = (file: string, text: string): Promise<void> =>
  writeWhole(file, text, { mode: 0o644, folderMode: 0o700 });
/** For keys, and for whatever holds one. */
export const writePrivate = (file: string, text: string): Promise<void> =>
  writeWhole(file, text, { mode: 0o600, folderMode: 0o700 });

/** Takes a file away from everybody but its owner. */
export async function makePrivate(file: string): Promise<void> {
  try {
    await chmod(file, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TaskError(`The mode of ${file} could not be set to 0600: ${reason}`);
  }
}

/** One after the other; what is not there is gone already. */
export async function removeFiles(...files: readonly string[]): Promise<void> {
  for (const file of files)
    await rm(file, { force: true }).catch((error: unknown) => {
      throw new TaskError(`${file} could not be removed: ${error instanceof Error ? error.message : String(error)}`);
    });
}
