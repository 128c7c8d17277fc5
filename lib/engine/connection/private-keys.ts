import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import ssh2, { type ParsedKey } from "ssh2";
import { rootCause } from "../errors.ts";
import { passphrases } from "./passphrases.ts";
import type { SshSettings, Target } from "./types.ts";

/** What a file of a private key holds. */
export type KeyFile =
  | { readonly key: ParsedKey }
  | { readonly problem: string; readonly isEncrypted: boolean; readonly isMissing?: boolean };

/** The files of private keys, each decrypted once: that takes seconds. */
export class PrivateKeys {
  readonly #decrypted = new Map<string, ParsedKey>();

  read(file: string, passphrase = passphrases.get(file)): KeyFile {
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      return { problem: `${file} cannot be read: ${rootCause(error)}`, isEncrypted: false, isMissing: true };
    }
    const plain = parsed(bytes);
    if (!(plain instanceof Error)) return { key: plain };
    if (!/encrypted/i.test(plain.message))
      return { problem: `${file} cannot be used as a key: ${plain.message}`, isEncrypted: false };
    if (passphrase === undefined)
      return { problem: `${file} is encrypted, and there is no passphrase for it`, isEncrypted: true };
    const id = JSON.stringify([bytes.toString("latin1"), passphrase]);
    const key = this.#decrypted.get(id) ?? parsed(bytes, passphrase);
    if (key instanceof Error)
      return { problem: `${file} cannot be decrypted: is its passphrase right?`, isEncrypted: true };
    this.#decrypted.set(id, key);
    return { key };
  }
}

export const privateKeys = new PrivateKeys();

/** ssh2 throws for some files in place of returning the error. */
function parsed(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    return ssh2.utils.parseKey(bytes, passphrase);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export const usualKeys = (): string[] =>
  ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => path.join(os.homedir(), ".ssh", name)).filter(existsSync);

/** The files of the keys that a target, or a hop before it, may log in with. */
export const keyFilesOf = ({ privateKeyFile }: Target, { identityFiles }: SshSettings): readonly string[] =>
  privateKeyFile === undefined ? (identityFiles ?? usualKeys()) : [privateKeyFile];

/**
 * The encrypted keys of these targets for which there is no passphrase, each file once. Of those that no variable
 * names, only the ones of hosts without a password: another way in may do. The agent's keys need none.
 */
export function lockedKeys(targets: readonly Target[]): string[] {
  if (process.env.SSH_AUTH_SOCK) return [];
  const files = targets
    .filter(({ connection, privateKeyFile, password }) => connection === "ssh" && (privateKeyFile ?? !password))
    .flatMap((target) =>
      [...target.jumps, target]
        .flatMap((hop) => keyFilesOf(target, hop))
        .filter((file) => {
          const found = privateKeys.read(file, target.privateKeyPassphrase);
          return !("key" in found) && found.isEncrypted && target.privateKeyPassphrase === undefined;
        }),
    );
  return [...new Set(files)];
}
