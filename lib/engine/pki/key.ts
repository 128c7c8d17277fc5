import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { algorithmOf, type Algorithm } from "./algorithm.ts";

const generate = promisify(generateKeyPair);

/** The public properties of a private key: the key cannot be derived from them. */
export interface KeyInfo {
  readonly algorithm: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo): the same for a key and its certificate. */
  readonly publicKey: string;
  /** The public half, PEM. */
  readonly publicPem: string;
}

/** Generates a private key, off the main thread; RSA takes up to several seconds. */
export async function newKey(algorithm: Algorithm): Promise<KeyObject> {
  if (algorithm === "ecdsa-p256" || algorithm === "ecdsa-p384") {
    const pair = await generate("ec", { namedCurve: algorithm === "ecdsa-p256" ? "P-256" : "P-384" });
    return pair.privateKey;
  }
  const pair = await generate("rsa", { modulusLength: Number(algorithm.slice("rsa-".length)) });
  return pair.privateKey;
}

/** PKCS#8, which Go's loaders accept for every algorithm. */
export const privatePem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
export const publicPem = (key: KeyObject): string => publicHalf(key).export({ type: "spki", format: "pem" }).toString();

/** Parses PKCS#8, PKCS#1 or SEC1. Throws an Error that never quotes the text. */
export function parseKey(pem: string): KeyObject {
  if (pem.trim() === "") throw new Error("the file is empty");
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(pem.includes("ENCRYPTED") ? "the key is encrypted with a passphrase" : "not a private key in PEM");
  }
}

export const describeKey = (key: KeyObject): KeyInfo => ({
  algorithm: algorithmOf(key),
  publicKey: publicKeyId(key),
  publicPem: publicPem(key),
});

/** SHA-256 of the SubjectPublicKeyInfo, in hex. */
export const publicKeyId = (key: KeyObject): string => createHash("sha256").update(spki(key)).digest("hex");

/** 160 bits of the public key's digest: any value that identifies the key is allowed (RFC 5280 §4.2.1.2). */
export const keyIdOf = (key: KeyObject): Buffer => Buffer.from(publicKeyId(key), "hex").subarray(0, 20);

export const spki = (key: KeyObject): Buffer => publicHalf(key).export({ type: "spki", format: "der" });

const publicHalf = (key: KeyObject): KeyObject => (key.type === "private" ? createPublicKey(key) : key);
