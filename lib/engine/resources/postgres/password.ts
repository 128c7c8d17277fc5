import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import type { PostgresPassword } from "../../queries/postgres-password.ts";

/** What PostgreSQL has by default, and the length that RFC 5802 sets. */
const iterations = 4096;
const bytes = 32;

/**
 * What PostgreSQL keeps of a password: a verifier of SCRAM-SHA-256 (RFC 5803), with which nobody can log in.
 */
export function verifierOf(password: string, salt = randomBytes(16), count = iterations): string {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, count, bytes, "sha256");
  const keyOf = (name: string): Buffer => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(keyOf("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${String(count)}:${salt.toString("base64")}$${stored}:${keyOf("Server Key").toString("base64")}`;
}

/** Whether a role has this password. One that is kept as MD5 counts as another, so that it is renewed. */
export function isPassword(kept: PostgresPassword | undefined, password: string): boolean {
  const [count = "", salt = ""] = (kept?.parameters ?? "").split(":");
  if (!kept || salt === "") return false;
  const verifier = verifierOf(password, Buffer.from(salt, "base64"), Number(count));
  return createHash("sha256").update(verifier).digest("hex") === kept.digest;
}
