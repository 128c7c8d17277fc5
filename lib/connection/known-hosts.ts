import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

export interface KnownKey {
  readonly file: string;
  readonly line: number;
  readonly type: string;
  /** The key's bytes in base64. */
  readonly key: string;
  readonly revoked: boolean;
}

/** ssh's own files, where the inventory names none. */
export const usualFiles = (): string[] => [path.join(os.homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"];

export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

/** The name under which ssh keeps a host: with its port where that is not 22. */
export const knownName = (address: string, port: number): string => (port === 22 ? address : `[${address}]:${port}`);

/** What these files say of a host. A file that is not there says nothing. */
export function knownKeys(files: readonly string[], address: string, port: number): KnownKey[] {
  const name = knownName(address, port);
  return files.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((text, index) => {
        const words = text.trim().split(/\s+/);
        if (words.length < 3 || text.startsWith("#")) return [];
        const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
        const [names, type, key] = words;
        if (marker === "@cert-authority" || !names || !type || !key || !matches(names, name)) return [];
        return [{ file, line: index + 1, type, key, revoked: marker === "@revoked" }];
      }),
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function matches(names: string, name: string): boolean {
  if (names.startsWith("|1|")) {
    const [, , salt, hash] = names.split("|");
    if (!salt || !hash) return false;
    const mine = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
    const theirs = Buffer.from(hash, "base64");
    return mine.length === theirs.length && timingSafeEqual(mine, theirs);
  }
  const patterns = names.split(",");
  const hit = (pattern: string): boolean =>
    new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
      "i",
    ).test(name);
  if (patterns.some((pattern) => pattern.startsWith("!") && hit(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && hit(pattern));
}
