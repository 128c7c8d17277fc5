import { isUtf8 } from "node:buffer";
import { decrypt, encrypt } from "./cipher.ts";
import { defaultLabel, formatEnvelope, parseEnvelope } from "./envelope.ts";
import { VaultError } from "./error.ts";

/** A password with its label, by which encrypted texts refer to it. */
export interface VaultSecret {
  readonly label: string;
  readonly password: string;
}

export interface Opened {
  readonly plaintext: Buffer;
  /** The password that decrypted it. */
  readonly secret: VaultSecret;
  /** The label in the text; absent in format 1.1. */
  readonly label?: string;
}

/** The passwords of a run. Every secret that they decrypt is passed to `hide`. */
export class Vault {
  readonly secrets: readonly VaultSecret[];
  readonly #hide: (text: string) => void;

  /** `hide` receives every text that no output may show. */
  constructor(secrets: readonly VaultSecret[] = [], hide: (text: string) => void = () => undefined) {
    this.secrets = secrets;
    this.#hide = hide;
    for (const { password } of secrets) hide(password);
  }

  /** Marks every text and number in a decrypted value as secret. */
  learned(value: unknown): void {
    if (typeof value === "string" || typeof value === "number") this.#hide(String(value));
    else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) this.learned(part);
  }

  /** Decrypts a text. Tries the passwords with its label first, then the others. Throws VaultError. */
  open(text: string): Opened {
    const envelope = parseEnvelope(text);
    const { label = defaultLabel } = envelope;
    const ordered = [
      ...this.secrets.filter((secret) => secret.label === label),
      ...this.secrets.filter((secret) => secret.label !== label),
    ];
    for (const secret of ordered) {
      const plaintext = decrypt(envelope, secret.password);
      if (plaintext) return { plaintext, secret, ...(envelope.label !== undefined && { label: envelope.label }) };
    }
    const named = envelope.label === undefined ? "" : ` (its id is "${envelope.label}")`;
    throw new VaultError(
      ordered.length === 0
        ? `this is encrypted${named}, and no vault password was given: use --ask-vault-pass, --vault-password-file or --vault-id`
        : `${tried(ordered)}${named}, or the encrypted text was changed`,
    );
  }

  /** Decrypts a text to a string, which counts as secret from now on. Throws VaultError. */
  reveal(text: string): string {
    const { plaintext } = this.open(text);
    if (!isUtf8(plaintext)) throw new VaultError("the encrypted text is not UTF-8: encrypt it as a file");
    const plain = plaintext.toString("utf8");
    this.learned(plain);
    return plain;
  }
}

const tried = (secrets: readonly VaultSecret[]): string =>
  secrets.length === 1
    ? "the vault password is wrong"
    : `none of the ${String(secrets.length)} vault passwords is correct (${secrets.map(({ label }) => label).join(", ")})`;

/** Encrypts a plaintext to the text of an encrypted file, without a newline at its end. */
export const seal = (plaintext: Uint8Array, { label, password }: VaultSecret): string =>
  formatEnvelope({ ...encrypt(plaintext, password), label });
