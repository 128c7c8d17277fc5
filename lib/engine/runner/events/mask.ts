const cover = "********";

/** Shorter secrets would cover ordinary text; so would the frame lines of a key. */
const shortest = 4;
const shortestLine = 16;
const shortestEncoded = 8;

const hides = (text: string): boolean => text.length >= shortest;

/** Replaces every known secret in everything that leaves the runner. */
export class Mask {
  /** Longest first, because one secret can be the beginning of another. */
  #secrets: readonly string[] = [];
  readonly #added = new Set<string>();

  add(secret: unknown): void {
    if (typeof secret === "string") this.#addText(secret);
    else if (Array.isArray(secret)) for (const part of secret) this.add(part);
    else if (typeof secret === "object" && secret !== null) for (const part of Object.values(secret)) this.add(part);
  }

  #addText(secret: string): void {
    if (this.#added.has(secret)) return;
    this.#added.add(secret);
    // A template may indent the lines of a text, so each line also counts by itself.
    const lines = secret.includes("\n") ? secret.split("\n").map((line) => line.trim()) : [];
    const long = lines.filter((line) => line.length >= shortestLine && !line.startsWith("-----"));
    const plain = [secret, secret.trim(), ...long].filter(hides);
    const all = plain.flatMap((text) => [text, ...disguises(text)]);
    this.#secrets = [...new Set([...this.#secrets, ...all])].sort((a, b) => b.length - a.length);
  }

  /** The same value with every secret in its strings covered. */
  cover<T>(value: T): T {
    return this.#secrets.length === 0 ? value : (this.#walk(value) as T);
  }

  #walk(value: unknown): unknown {
    if (typeof value === "string") {
      let text = value;
      for (const secret of this.#secrets) text = text.replaceAll(secret, cover);
      return text;
    }
    if (typeof value === "number") return hides(String(value)) && this.#added.has(String(value)) ? cover : value;
    if (Array.isArray(value)) return value.map((part) => this.#walk(part));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#walk(part)]));
    return value;
  }
}

/** The forms that a secret can have in a file, a command or an error: in JSON, in shell quotes, in base64. */
const disguises = (text: string): string[] => [
  JSON.stringify(text).slice(1, -1),
  text.replaceAll("'", String.raw`'\''`),
  ...(text.length >= shortestEncoded ? base64Of(text) : []),
];

/** A secret inside a longer base64 text: its middle, for each of the three possible alignments. */
const base64Of = (text: string): string[] =>
  [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${"\0".repeat(shift)}${text}`)
      .toString("base64")
      .replace(/=+$/, "");
    const start = Math.ceil((shift * 8) / 6);
    return encoded.slice(start, encoded.length - 1);
  });

export const covered = cover;
