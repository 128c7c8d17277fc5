import { createPublicKey, type KeyObject } from "node:crypto";
import { publicKeyId } from "../pki/key.ts";
import { defineQuery } from "./define.ts";
import { readEach, readText, understood, type Unusable } from "./read-file.ts";

/** A public key on the controller. */
export type PublicKeyState =
  | Unusable
  | {
      readonly type: "key";
      /** SHA-256 in hex, like `publicKey` of a private key. */
      readonly publicKey: string;
    };

export const publicKeyFile = defineQuery<PublicKeyState>({
  kind: "public key file",
  get: (paths) =>
    readEach(paths, async (path) =>
      understood(await readText(path), (text): PublicKeyState => ({
        type: "key",
        publicKey: publicKeyId(parse(text)),
      })),
    ),
});

function parse(pem: string): KeyObject {
  try {
    // createPublicKey would accept a private key too, and return its public half.
    if (!pem.includes("PRIVATE")) return createPublicKey(pem);
  } catch {
    // Reported below.
  }
  throw new Error(pem.trim() === "" ? "the file is empty" : "not a public key in PEM");
}
