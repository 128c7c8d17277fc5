import { TaskError } from "../errors.ts";

/** Half of a surrogate pair: a string of JavaScript can hold it, UTF-8 cannot, so another character would be sent. */
const half = /\p{Cs}/u;

/** Throws TaskError for a text that UTF-8 cannot hold. `what` names it in the message, which does not show it. */
export function checkUnicode(text: string, what: string): void {
  if (half.test(text)) throw new TaskError(`${what} contains half of a surrogate pair, which UTF-8 cannot hold`);
}

/** The same for a text that becomes a part of a command: no shell can hold NUL. */
export function checkWord(text: string, what: string): void {
  checkUnicode(text, what);
  if (text.includes("\0")) throw new TaskError(`${what} contains a NUL byte, which no shell or file name can hold`);
}
