import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { InputError } from "../errors.ts";
import { shownPath } from "../files.ts";
import { isEncrypted } from "./envelope.ts";
import { VaultError } from "./error.ts";
import { currentVault } from "./process.ts";
import type { Vault } from "./vault.ts";

interface Known {
  readonly vault: Vault;
  readonly identity: string;
  readonly plaintext: Buffer;
}

/** All hosts of a play read the same files, so each file is decrypted only once until it changes. */
const known = new Map<string, Known>();

/**
 * The plaintext of an encrypted file of the controller, which counts as secret from now on. Undefined if the file is
 * not encrypted or cannot be read. Throws InputError with its line.
 */
export function plaintextOf(file: string): Buffer | undefined {
  if (!beginsEncrypted(file)) return undefined;
  const vault = currentVault();
  const { mtimeMs, ctimeMs, size, ino } = statSync(file);
  const identity = [mtimeMs, ctimeMs, size, ino].join(" ");
  const before = known.get(file);
  if (before?.identity === identity && before.vault === vault) return before.plaintext;
  const plaintext = open(vault, file);
  vault.learned(plaintext.toString("utf8"));
  known.set(file, { vault, identity, plaintext });
  return plaintext;
}

function open(vault: Vault, file: string): Buffer {
  try {
    return vault.open(readFileSync(file, "latin1")).plaintext;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new InputError([{ message: error.message, where: { file: shownPath(file), line: error.line } }]);
  }
}

function beginsEncrypted(file: string): boolean {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    const head = Buffer.alloc(32);
    return isEncrypted(head.subarray(0, readSync(handle, head)));
  } catch {
    // The caller that needs the file reports the error.
    return false;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
