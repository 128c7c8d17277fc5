import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { canonical } from "./canonical.ts";

/**
 * Makes digests with a key of the project. Without the key nobody can seal an edited plan or guess short secrets from
 * the digests of a plan.
 */
export class Seal {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /** Creates the key on first use. */
  static of(projectFolder: string): Seal {
    const file = path.join(projectFolder, ".kubeplay", "seal.key");
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, randomBytes(32).toString("hex"), { flag: "wx", mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    return new Seal(Buffer.from(readFileSync(file, "utf8").trim(), "hex"));
  }

  /** `use` separates digests of different purposes. */
  digest(use: string, value: unknown): string {
    return createHmac("sha256", this.#key)
      .update(`${use}\0${canonical(value)}`)
      .digest("base64url");
  }

  fits(digest: string, use: string, value: unknown): boolean {
    const [given, right] = [Buffer.from(digest), Buffer.from(this.digest(use, value))];
    return given.length === right.length && timingSafeEqual(given, right);
  }
}
