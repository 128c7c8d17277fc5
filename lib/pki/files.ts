import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { TaskError } from "../errors.ts";

/** The key's place: beside its certificate, "x.key" for "x.crt". */
export const keyPathOf = (certificate: string): string => certificate.replace(/\.(crt|pem)$/, "") + ".key";

/** For certificates and public keys. */
export const writePublic = (file: string, text: string): Promise<void> => write(file, text, 0o644);
/** For keys, and for whatever holds one. */
export const writePrivate = (file: string, text: string): Promise<void> => write(file, text, 0o600);

/** Takes a file away from everybody but its owner. */
export async function makePrivate(file: string): Promise<void> {
  try {
    await chmod(file, 0o600);
  } catch (error) {
    throw new TaskError(`The mode of ${file} could not be set to 0600: ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whole or not at all: a temporary file beside it, fsync, rename. New folders are the user's alone. */
async function write(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new TaskError(
      `${file} could not be written: ${messageOf(error)}. The old file, if there was one, is untouched.`,
    );
  }
}
