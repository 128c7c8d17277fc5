import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PlayError } from "../../errors.ts";
import { canonical } from "./canonical.ts";

/** Another run may make it at the same time: the first one wins, and neither reads a part of it. */
function makeKey(file: string): void {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(temporary, randomBytes(32).toString("hex"), { flag: "wx", mode: 0o600, flush: true });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(temporary);
  }
}

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
    if (!existsSync(file)) makeKey(file);
    const key = readFileSync(file, "utf8").trim();
    // Anyone could seal with an empty key.
    if (!/^[0-9a-f]{64}$/.test(key))
      throw new PlayError(
        `${file} is damaged, expected 64 hexadecimal digits: delete it, and make plans again that were sealed with it`,
      );
    return new Seal(Buffer.from(key, "hex"));
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
