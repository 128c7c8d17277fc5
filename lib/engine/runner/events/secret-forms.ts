import { quote } from "../../shell/quote.ts";
import { shortestSought, type Sought } from "./text-set.ts";

/** Shorter texts are ordinary parts of words and digests: they count only if they stand alone. */
const shortest = { plain: 4, word: 8, encoded: 8, line: 8 };

/** Every form in which a secret can stand in a file, a command or an error. */
export function formsOf(secret: string): Sought[] {
  const whole = [...new Set([secret, secret.trim()])];
  return [
    ...[...whole, ...linesIn(secret)].flatMap(formsOfText),
    ...whole.flatMap(inUrl).map(asIs),
    ...whole.flatMap(inBytes).map(asEncoded),
  ].filter(({ text }) => text.length >= shortestSought);
}

/** A template may indent the lines of a text, so each line also counts by itself, but no frame of a key. */
function linesIn(secret: string): string[] {
  if (!secret.includes("\n")) return [];
  const lines = secret.split("\n").map((line) => line.trim());
  return [...new Set(lines)].filter((line) => line.length >= shortest.line && !line.startsWith("-----"));
}

const formsOfText = (text: string): Sought[] => [
  ...[text, ...escaped(text)].map(asIs),
  ...inBase64(text).map(asEncoded),
];

const asIs = (text: string): Sought => ({ text, alone: isOrdinary(text) });
const asEncoded = (text: string): Sought => ({ text, alone: text.length < shortest.encoded });

const isOrdinary = (text: string): boolean =>
  text.length < shortest.plain || (text.length < shortest.word && /^(\d+|\p{Ll}+)$/u.test(text));

/** In JSON once and twice, in shell words, in XML. Most texts need no escapes. */
function escaped(text: string): string[] {
  if (/^[\w.,:/@%+=-]*$/.test(text)) return [];
  const forms = new Set([...inJson(text), ...inShell(text), ...inXml(text)]);
  forms.delete(text);
  return [...forms];
}

function inJson(text: string): string[] {
  if (!/["\\\u0000-\u001f\u007f-\uffff]/.test(text)) return [];
  const once = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  return [once, twice, ...[once, twice].map(ascii)];
}

const ascii = (text: string): string =>
  text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** NUL and half of a surrogate pair can be in no command. */
const inShell = (text: string): string[] => [
  ...(/[\0\p{Cs}]/u.test(text) ? [] : [quote(text).slice(1, -1)]),
  text.replace(/[^\w.,:/@%+=\u0080-\uffff-]/g, "\\$&"),
  text.replace(/["$`\\]/g, "\\$&"),
];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const inXml = (text: string): string[] => [text.replace(/[&<>"']/g, (character) => entities[character] ?? character)];

function inUrl(text: string): string[] {
  const wellFormed = /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString("utf8") : text;
  const component = encodeURIComponent(wellFormed);
  const strict = component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  const query = new URLSearchParams([["", wellFormed]]).toString().slice(1);
  // In the query of a URL and in a form, a space is a plus.
  const forms = [component, strict, encodeURI(wellFormed)].flatMap((form) => [form, form.replaceAll("%20", "+")]);
  const all = [query, ...forms].flatMap((form) => [
    form.replace(/%[0-9A-F]{2}/gi, (byte) => byte.toLowerCase()),
    form.replace(/%[0-9a-f]{2}/gi, (byte) => byte.toUpperCase()),
  ]);
  return [...new Set(all)].filter((form) => form !== text);
}

/** In hexadecimal digits, as a URL of nothing but escapes, and in the lines of a long base64 text. */
function inBytes(text: string): string[] {
  const lower = Buffer.from(text).toString("hex");
  const upper = lower.toUpperCase();
  const escapes = [lower, upper].map((digits) => digits.replace(/../g, "%$&"));
  const base64 = Buffer.from(text).toString("base64");
  return [lower, upper, ...escapes, ...[64, 76].flatMap((width) => linesOf(base64, width))];
}

const linesOf = (text: string, width: number): string[] =>
  text.length <= width ? [] : (text.match(new RegExp(`.{${String(shortest.encoded)},${String(width)}}`, "g")) ?? []);

/** A secret in base64, alone and within a longer text, where only some characters come of it alone, for each alignment. */
function inBase64(text: string): string[] {
  const size = Buffer.byteLength(text);
  const forms = [0, 1, 2].map((shift) =>
    Buffer.from("\0".repeat(shift) + text)
      .toString("base64")
      .slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + size) * 8) / 6)),
  );
  const whole = Buffer.from(text).toString("base64").replace(/=+$/, "");
  return [...new Set([whole, ...forms])].flatMap((form) =>
    /[+/]/.test(form) ? [form, form.replaceAll("+", "-").replaceAll("/", "_")] : [form],
  );
}
