/** A text to find; `alone` if it counts only between characters that are neither letters nor digits. */
export interface Sought {
  readonly text: string;
  readonly alone: boolean;
}

/** Characters of the shortest text that can be found. */
export const shortestSought = 3;

const buckets = 1 << 18;
const bucketAt = (text: string, index: number): number =>
  (text.charCodeAt(index) * 8191 + text.charCodeAt(index + 1) * 131 + text.charCodeAt(index + 2)) & (buckets - 1);

const isWordAt = (text: string, index: number): boolean => /[\p{L}\p{N}]/u.test(text.charAt(index));

/** Whether a text stands in another one between characters that are neither letters nor digits. */
export function isAlone(text: string, within: string): boolean {
  for (let index = within.indexOf(text); index >= 0; index = within.indexOf(text, index + 1))
    if (!isWordAt(within, index - 1) && !isWordAt(within, index + text.length)) return true;
  return false;
}

/** Many texts that are sought in other texts. One pass finds them, however many they are. */
export class TextSet {
  readonly #byStart = new Map<string, Sought[]>();
  /** Whether a text may begin with three such characters: most positions need no other look. */
  readonly #filter = new Uint8Array(buckets);

  constructor(all: Iterable<Sought>) {
    for (const one of all) {
      const start = one.text.slice(0, shortestSought);
      const same = this.#byStart.get(start);
      if (same) same.push(one);
      else this.#byStart.set(start, [one]);
      this.#filter[bucketAt(one.text, 0)] = 1;
    }
    for (const same of this.#byStart.values()) same.sort((a, b) => b.text.length - a.text.length);
  }

  /** The text with every part that is sought replaced; parts that overlap count as one. */
  replace(text: string, by: string): string {
    let made = "";
    let end = 0;
    for (let index = 0; index + shortestSought <= text.length; index++) {
      if (this.#filter[bucketAt(text, index)] === 0) continue;
      const length = this.#lengthAt(text, index);
      if (length === 0) continue;
      if (index >= end) made += text.slice(end, index) + by;
      end = Math.max(end, index + length);
    }
    return end === 0 ? text : made + text.slice(end);
  }

  /** The length of the longest text that begins there; 0 if none does. */
  #lengthAt(text: string, index: number): number {
    const found = this.#byStart
      .get(text.slice(index, index + shortestSought))
      ?.find(
        (one) =>
          text.startsWith(one.text, index) &&
          !(one.alone && (isWordAt(text, index - 1) || isWordAt(text, index + one.text.length))),
      );
    return found?.text.length ?? 0;
  }
}
