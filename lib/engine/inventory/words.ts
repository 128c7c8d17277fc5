/** Splits a text into words as a shell does, with quotes and backslashes. Throws RangeError for an unclosed quote. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quoted === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quoted === undefined && (char === "'" || char === '"')) {
      quoted = char;
      word ??= "";
    } else if (char === quoted) quoted = undefined;
    else if (char === "\\" && quoted !== "'" && i + 1 < text.length) word = (word ?? "") + text.charAt(++i);
    else word = (word ?? "") + char;
  }
  if (quoted !== undefined) throw new RangeError(`a ${quoted} is not closed`);
  return word === undefined ? words : [...words, word];
}
