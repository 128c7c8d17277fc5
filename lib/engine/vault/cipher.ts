import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import type { Envelope } from "./envelope.ts";

/** The parameters of the format: other values would be another format. */
const iterations = 10_000;
const saltLength = 32;
const keyLength = 32;
const blockLength = 16;

interface Keys {
  readonly cipher: Buffer;
  readonly hmac: Buffer;
  readonly iv: Buffer;
}

function derive(password: string, salt: Buffer): Keys {
  const all = pbkdf2Sync(password, salt, iterations, 2 * keyLength + blockLength, "sha256");
  return {
    cipher: all.subarray(0, keyLength),
    hmac: all.subarray(keyLength, 2 * keyLength),
    iv: all.subarray(2 * keyLength),
  };
}

const hmacOf = (keys: Keys, ciphertext: Buffer): Buffer => createHmac("sha256", keys.hmac).update(ciphertext).digest();

export function encrypt(plaintext: Uint8Array, password: string, salt = randomBytes(saltLength)): Envelope {
  const keys = derive(password, salt);
  const missing = blockLength - (plaintext.length % blockLength);
  const cipher = createCipheriv("aes-256-ctr", keys.cipher, keys.iv);
  // The format pads as block ciphers do, although its mode needs no padding.
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.update(Buffer.alloc(missing, missing))]);
  return { salt, hmac: hmacOf(keys, ciphertext), ciphertext };
}

/** The plaintext; undefined if the password is wrong or the text was changed, which is known before decryption. */
export function decrypt({ salt, hmac, ciphertext }: Envelope, password: string): Buffer | undefined {
  const keys = derive(password, salt);
  if (!timingSafeEqual(hmac, hmacOf(keys, ciphertext))) return undefined;
  const decipher = createDecipheriv("aes-256-ctr", keys.cipher, keys.iv);
  const padded = decipher.update(ciphertext);
  const missing = padded.at(-1) ?? 0;
  const isPadding = missing >= 1 && missing <= Math.min(blockLength, padded.length);
  // Only someone with the password could have written wrong padding.
  return isPadding && padded.subarray(-missing).every((byte) => byte === missing)
    ? padded.subarray(0, padded.length - missing)
    : undefined;
}
