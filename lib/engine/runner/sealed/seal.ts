import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { canonical } from "./canonical.ts";

/**
 * Makes digests with a key of the project's own. So nobody can seal a plan that they have edited, nor find out a secret by
 * trying: a plan's digests are of what hosts answer, and that may be short.
 */
export class Seal {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /** The key is made when it is first wanted. */
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

  /** `use` keeps digests of one use from standing for another's. */
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
