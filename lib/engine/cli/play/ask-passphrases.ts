import { passphrases } from "../../connection/passphrases.ts";
import type { PrivateKeys } from "../../connection/private-keys.ts";
import type { Target } from "../../connection/types.ts";
import { PlayError } from "../../errors.ts";
import type { Mask } from "../../runner/index.ts";

const tries = 3;

/**
 * Asks for the passphrase of each encrypted key that these targets need, once for a run. Throws PlayError after three
 * wrong ones. Without a terminal it asks nothing: the hosts' errors then say what to do.
 */
export async function askPassphrases(
  targets: readonly Target[],
  mask: Mask,
  ask: (prompt: string) => Promise<string>,
  isTerminal = process.stdin.isTTY,
): Promise<void> {
  if (!isTerminal) return;
  // Not before it is needed: it loads a library.
  const { lockedKeys, privateKeys } = await import("../../connection/private-keys.ts");
  for (const file of lockedKeys(targets)) if (!passphrases.has(file)) await askFor(file, privateKeys, mask, ask);
}

async function askFor(
  file: string,
  privateKeys: PrivateKeys,
  mask: Mask,
  ask: (prompt: string) => Promise<string>,
): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const passphrase = await ask(`Passphrase of ${file}: `);
    mask.add(passphrase);
    if (!("key" in privateKeys.read(file, passphrase))) continue;
    passphrases.set(file, passphrase);
    return;
  }
  throw new PlayError(`${file} cannot be decrypted: none of the ${String(tries)} passphrases is right`);
}
