import { VaultError } from "./error.ts";

/** The parts of an encrypted text. */
export interface Envelope {
  /** The label of the password it was encrypted with; absent in format 1.1. */
  readonly label?: string;
  readonly salt: Buffer;
  readonly hmac: Buffer;
  readonly ciphertext: Buffer;
}

const magic = "$ANSIBLE_VAULT";
const hmacLength = 32;
const empty = Buffer.alloc(0);

/** The label of a text or password without one. */
export const defaultLabel = "default";

export const isEncrypted = (content: string | Uint8Array): boolean =>
  typeof content === "string"
    ? content.startsWith(magic)
    : Buffer.from(content.subarray(0, magic.length)).equals(Buffer.from(magic));

/** Throws VaultError with the wrong line. */
export function parseEnvelope(text: string): Envelope {
  const [header = "", ...body] = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const label = parseHeader(header);
  const parts = bytesOf(body).toString("latin1").split("\n");
  if (parts.length !== 3)
    throw new VaultError("the encrypted text is not complete: expected a salt, an HMAC and the ciphertext");
  const [salt = empty, hmac = empty, ciphertext = empty] = parts.map(partOf);
  if (salt.length === 0 || ciphertext.length === 0 || hmac.length !== hmacLength)
    throw new VaultError("the encrypted text is damaged: its salt, HMAC or ciphertext has a wrong length");
  return { ...(label !== undefined && { label }), salt, hmac, ciphertext };
}

/** Format 1.2 if there is a label, else 1.1, which every version of Ansible reads. */
export function formatEnvelope({ label, salt, hmac, ciphertext }: Envelope): string {
  const labelled = label !== undefined && label !== defaultLabel;
  const header = [magic, labelled ? "1.2" : "1.1", "AES256", ...(labelled ? [label] : [])].join(";");
  const inner = [salt, hmac, ciphertext].map((part) => part.toString("hex")).join("\n");
  const body = Buffer.from(inner).toString("hex");
  return [header, ...(body.match(/.{1,80}/g) ?? [])].join("\n");
}

function parseHeader(header: string): string | undefined {
  const [name, version, cipher, label, ...more] = header.split(";").map((part) => part.trim());
  if (name !== magic) throw new VaultError(`this is not an encrypted text: it does not begin with ${magic}`);
  const isKnown = (version === "1.1" && label === undefined) || (version === "1.2" && label !== undefined);
  if (!isKnown || cipher !== "AES256" || label === "" || more.length > 0)
    throw new VaultError(`the header is not valid, expected ${magic};1.1;AES256 or ${magic};1.2;AES256;label`);
  return label;
}

/** The bytes of the lines after the header, which begin with the second line of the file. */
function bytesOf(lines: readonly string[]): Buffer {
  const wrong = lines.findIndex((line) => !isHex.test(line));
  if (wrong >= 0) throw new VaultError("the encrypted text is damaged: this line is not hexadecimal", wrong + 2);
  const text = lines.join("");
  if (text.length % 2 !== 0)
    throw new VaultError(
      "the encrypted text is damaged: a digit is missing",
      Math.max(2, lines.findLastIndex(Boolean) + 2),
    );
  return Buffer.from(text, "hex");
}

function partOf(hex: string): Buffer {
  if (!isHex.test(hex) || hex.length % 2 !== 0)
    throw new VaultError("the encrypted text is damaged: its decoded content is not hexadecimal");
  return Buffer.from(hex, "hex");
}

const isHex = /^[0-9a-fA-F]*$/;
