import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { matchesAny } from "./wildcard.ts";

export interface KnownKey {
  readonly file: string;
  readonly line: number;
  readonly type: string;
  /** The key's bytes in base64. */
  readonly key: string;
  readonly revoked: boolean;
}

/** ssh's default files, used if the inventory names none. */
export const usualFiles = (): string[] => [path.join(os.homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"];

export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

/** The name under which ssh stores a host: with its port unless that is 22. */
export const knownName = (address: string, port: number): string => (port === 22 ? address : `[${address}]:${port}`);

interface Entry extends KnownKey {
  readonly names: string;
}

/** The entries for a host in these files, by its name as in `knownName`. Missing files are ignored. */
export function knownKeys(files: readonly string[], name: string): KnownKey[] {
  return files.flatMap((file) =>
    entriesOf(file)
      .filter(({ names }) => matches(names, name))
      .map(({ file, line, type, key, revoked }) => ({ file, line, type, key, revoked })),
  );
}

/** Many hosts need the same file: it is read again only if it changed. */
const known = new Map<string, { readonly identity: string; readonly entries: readonly Entry[] }>();

function entriesOf(file: string): readonly Entry[] {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (!stats) return [];
  const identity = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ");
  const before = known.get(file);
  if (before?.identity === identity) return before.entries;
  const entries = read(file)
    .split("\n")
    .flatMap((text, index) => entryIn(file, text, index + 1));
  known.set(file, { identity, entries });
  return entries;
}

function entryIn(file: string, text: string, line: number): Entry[] {
  const words = text.trim().split(/\s+/);
  if (words.length < 3 || text.startsWith("#")) return [];
  const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
  const [names, type, key] = words;
  if (marker === "@cert-authority" || !names || !type || !key) return [];
  return [{ file, line, names, type, key, revoked: marker === "@revoked" }];
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Whether the first field of an entry is the hash of a name. */
export function isHashOf(names: string, name: string): boolean {
  const [, method, salt, hash] = names.split("|");
  if (method !== "1" || !salt || !hash) return false;
  const mine = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  const theirs = Buffer.from(hash, "base64");
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
}

function matches(names: string, name: string): boolean {
  if (names.startsWith("|1|")) return isHashOf(names, name);
  if (!/[*?!,]/.test(names)) return names.toLowerCase() === name.toLowerCase();
  return matchesAny(names.split(","), name);
}
