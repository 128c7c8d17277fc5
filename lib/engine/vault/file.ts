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

/** Every host of a play asks for the same files: each is decrypted once as long as it stays as it is. */
const known = new Map<string, Known>();

/**
 * What an encrypted file of the controller says, which counts as secret from now on; undefined where it is not encrypted
 * or cannot be read. Throws InputError with its line.
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
    // Who needs the file says what is wrong with it.
    return false;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
