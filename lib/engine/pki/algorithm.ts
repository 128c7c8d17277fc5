import type { KeyObject } from "node:crypto";
import { TaskError } from "../errors.ts";
import { nothing, oid, sequence, type Der } from "./der.ts";

/** Key algorithms that every component's loader accepts; Ed25519 is not among them. */
export const algorithms = ["ecdsa-p256", "ecdsa-p384", "rsa-2048", "rsa-3072", "rsa-4096"] as const;
export type Algorithm = (typeof algorithms)[number];

/** The name of a key's algorithm, also for keys that kubeplay would not make: "rsa-1024", "ed25519". */
export function algorithmOf(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return `rsa-${String(modulusLength)}`;
    case "ec":
      return `ecdsa-${curveNames[namedCurve ?? ""] ?? namedCurve ?? "unknown"}`;
    default:
      return key.asymmetricKeyType ?? "unknown";
  }
}

const curveNames: Readonly<Record<string, string>> = { prime256v1: "p256", secp384r1: "p384", secp521r1: "p521" };

export interface Signature {
  readonly hash: "sha256" | "sha384";
  /** The AlgorithmIdentifier of X.509. */
  readonly identifier: () => Der;
}

const rsaWithSha256: Signature = {
  hash: "sha256",
  identifier: () => sequence(oid("1.2.840.113549.1.1.11"), nothing()),
};
const ecdsaWithSha256: Signature = { hash: "sha256", identifier: () => sequence(oid("1.2.840.10045.4.3.2")) };
const ecdsaWithSha384: Signature = { hash: "sha384", identifier: () => sequence(oid("1.2.840.10045.4.3.3")) };

/** How a key of this kind signs: the digest is as strong as the key. Throws TaskError if it cannot sign here. */
export function signatureOf(key: KeyObject): Signature {
  const algorithm = algorithmOf(key);
  if (algorithm.startsWith("rsa-")) return rsaWithSha256;
  if (algorithm === "ecdsa-p256") return ecdsaWithSha256;
  if (algorithm === "ecdsa-p384") return ecdsaWithSha384;
  throw new TaskError(`A key of type ${algorithm} cannot sign certificates here; use one of ${algorithms.join(", ")}`);
}
