import { decrypt, encrypt } from "./cipher.ts";
import { defaultLabel, formatEnvelope, parseEnvelope } from "./envelope.ts";
import { VaultError } from "./error.ts";

/** A password with the label that texts name it by. */
export interface VaultSecret {
  readonly label: string;
  readonly password: string;
}

export interface Opened {
  readonly plaintext: Buffer;
  /** The password that fitted. */
  readonly secret: VaultSecret;
  /** What the text itself says; absent in format 1.1. */
  readonly label?: string;
}

/** The passwords of a run, and who is told of every secret that they open. */
export class Vault {
  readonly secrets: readonly VaultSecret[];
  readonly #hide: (text: string) => void;

  /** `hide` is told every text that nobody may see. */
  constructor(secrets: readonly VaultSecret[] = [], hide: (text: string) => void = () => undefined) {
    this.secrets = secrets;
    this.#hide = hide;
    for (const { password } of secrets) hide(password);
  }

  /** A value that came out of an encrypted text: every text and number in it is secret. */
  learned(value: unknown): void {
    if (typeof value === "string" || typeof value === "number") this.#hide(String(value));
    else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) this.learned(part);
  }

  /** Tries the password that the text names, then the others. Throws VaultError. */
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

  /** The same for a text, which counts as secret from now on. */
  reveal(text: string): string {
    const plain = this.open(text).plaintext.toString("utf8");
    this.learned(plain);
    return plain;
  }
}

const tried = (secrets: readonly VaultSecret[]): string =>
  secrets.length === 1
    ? "the vault password does not fit"
    : `none of the ${String(secrets.length)} vault passwords fits (${secrets.map(({ label }) => label).join(", ")})`;

/** A plaintext as the text of an encrypted file, which has no newline at its end. */
export const seal = (plaintext: Uint8Array, { label, password }: VaultSecret): string =>
  formatEnvelope({ ...encrypt(plaintext, password), label });
