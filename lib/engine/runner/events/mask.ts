import { covered } from "../../schema/covered.ts";
import { formsOf } from "./secret-forms.ts";
import { isAlone, shortestSought, TextSet, type Sought } from "./text-set.ts";

/** Replaces every known secret in everything that leaves the runner. */
export class Mask {
  readonly #added = new Set<string>();
  readonly #sought: Sought[] = [];
  /** Made of all secrets at the next use. */
  #set: TextSet | undefined;

  add(secret: unknown): void {
    if (typeof secret === "string" || typeof secret === "number") this.#addText(String(secret));
    else if (Array.isArray(secret)) for (const part of secret) this.add(part);
    else if (typeof secret === "object" && secret !== null) for (const part of Object.values(secret)) this.add(part);
  }

  #addText(secret: string): void {
    if (this.#added.has(secret)) return;
    this.#added.add(secret);
    this.#set = undefined;
    for (const form of formsOf(secret)) this.#sought.push(form);
  }

  /** The same value with every secret in its strings covered. Texts of one or two characters stay: they are everywhere. */
  cover<T>(value: T): T {
    return this.#sought.length === 0 ? value : (this.#walk(value) as T);
  }

  /** Whether a word of a command line has a secret in it, however short. */
  isIn(word: string): boolean {
    return (
      this.cover(word) !== word ||
      [...this.#added].some((secret) => secret !== "" && secret.length < shortestSought && isAlone(secret, word))
    );
  }

  #walk(value: unknown): unknown {
    if (typeof value === "string") return this.#coverText(value);
    if (typeof value === "number") return this.#coverText(String(value)) === covered ? covered : value;
    if (Array.isArray(value)) return value.map((part) => this.#walk(part));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#walk(part)]));
    return value;
  }

  #coverText(text: string): string {
    this.#set ??= new TextSet(this.#sought);
    return this.#set.replace(text, covered);
  }
}
