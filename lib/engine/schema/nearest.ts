import { distance } from "fastest-levenshtein";

/** The candidate that a mistyped word most likely meant; undefined if none is close. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // Two swapped letters count as two. A limit above a third of the word would find unrelated names.
  let limit = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  let best: string | undefined;
  for (const candidate of candidates) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far > limit || candidate === word || (far === limit && best !== undefined)) continue;
    limit = far;
    best = candidate;
  }
  return best;
}

/** `; did you mean "masters"?`, or an empty string if no candidate is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found === undefined ? "" : `; did you mean "${found}"?`;
}
