import { Decrypter, Encrypter } from "age-encryption";
import { InputError } from "kubeplay";

/** Who can read a backup: whoever has a key of a recipient, or the passphrase. */
export interface Readers {
  readonly recipients: readonly string[];
  readonly passphrase?: string | undefined;
}

/** How a backup is read: with the text of a file of age identities, or the passphrase. */
export interface Keys {
  readonly identities?: string | undefined;
  readonly passphrase?: string | undefined;
}

/** Encrypts a stream in age's format, which `age -d` reads too. Rejects if a recipient is not valid. */
export function encrypted(
  plain: ReadableStream<Uint8Array>,
  { recipients, passphrase }: Readers,
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  if (passphrase !== undefined && recipients.length === 0) encrypter.setPassphrase(passphrase);
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(plain);
}

/** Throws InputError unless somebody will be able to read the backup. */
export function checkReaders({ recipients, passphrase }: Readers): void {
  const fault =
    recipients.length === 0 && passphrase === undefined
      ? "a backup has all keys and Secrets of the cluster, so it is always encrypted: set backup_recipients to age public keys (age-keygen makes one), or backup_passphrase, as a vault value"
      : recipients.length > 0 && passphrase !== undefined
        ? "backup_recipients and backup_passphrase are both set, and age encrypts for one of them only: remove one"
        : undefined;
  if (fault !== undefined) throw new InputError([{ message: fault }]);
  for (const recipient of recipients)
    try {
      new Encrypter().addRecipient(recipient);
    } catch {
      throw new InputError([
        { message: `backup_recipients: ${JSON.stringify(recipient)} is not an age public key, expected age1…` },
      ]);
    }
}

/** The lines of an identity file that are keys. */
const keysIn = (identities: string): string[] =>
  identities
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("AGE-SECRET-KEY-"));

/** Decrypts a stream. Rejects if no key fits. */
export function decrypted(
  cipher: ReadableStream<Uint8Array>,
  { identities = "", passphrase }: Keys,
): Promise<ReadableStream<Uint8Array>> {
  const decrypter = new Decrypter();
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase);
  for (const key of keysIn(identities)) decrypter.addIdentity(key);
  return decrypter.decrypt(cipher);
}
