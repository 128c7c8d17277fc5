import fc from "fast-check";

/** Names that every JavaScript object has. */
export const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype"] as const;

/** What terminals obey, or what changes the order or the look of a text. */
export const forTerminals = [
  ...[
    "\u001b[2J",
    "\u001b]0;title\u0007",
    "\u001b]8;;http://evil\u001b\\x",
    "\u001b]52;c;ZXZpbA==\u0007",
    "\u001bP1$r\u001b\\",
  ],
  ...[
    "\u009b31m",
    "\u009d0;title\u009c",
    "\r",
    "\b",
    "\u007f",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u2028",
    "\u2029",
    "\u200b",
    "\ufeff",
  ],
] as const;

/** What shells, option parsers, paths, patterns, formats and templates treat as special. */
export const forPrograms = [
  ...[
    "-",
    "--",
    "-rf",
    "--help",
    "..",
    "../",
    "/",
    "//",
    ".",
    "~",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "!",
    "#",
    "@",
    "&",
    ":",
    ",",
  ],
  ...[
    "$(reboot)",
    "`reboot`",
    "${IFS}",
    "$HOME",
    "'",
    '"',
    "\\",
    ";",
    "|",
    "<",
    ">",
    "(",
    ")",
    "%",
    "%s",
    "%n",
    "=",
    "+",
  ],
  ...[
    "{{name}}",
    "{{{name}}}",
    "\n",
    "\n\n",
    "\t",
    " ",
    "END\n",
    "\0",
    "\n@@ os\n",
    "ä",
    "\u{1F600}",
    "\ud800",
    "\udc00",
  ],
] as const;

/** A text of hostile pieces, sometimes longer than a name (255) or a path (4096) may be. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: pieces(1, 6) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(...inherited) },
  {
    weight: 1,
    arbitrary: fc.tuple(pieces(1, 2), fc.constantFrom(255, 256, 4096, 70_000)).map(([text, n]) => text + "a".repeat(n)),
  },
);

function pieces(minLength: number, maxLength: number): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...forPrograms),
    fc.constantFrom(...forTerminals),
    fc.string({ unit: fc.constantFrom(...Array.from("abcXYZ019_")), minLength: 1, maxLength: 4 }),
    fc.constantFrom(...inherited),
  );
  return fc.array(piece, { minLength, maxLength }).map((parts) => parts.join(""));
}

/** The name of a file: one part of a path. */
export const fileName: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...forPrograms, ...forTerminals, "a", "b", "0"), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(""))
  .filter((text) => !/[\n\t\0/\p{Cs}]/u.test(text) && text !== "." && text !== "..");

/** What a link can lead to. */
export const linkTarget: fc.Arbitrary<string> = hostileText.filter(
  (text) => !/[\0\p{Cs}]/u.test(text) && text !== "" && Buffer.byteLength(text) < 4095,
);

/** Any bytes, often ones that are no UTF-8. */
export const hostileBytes: fc.Arbitrary<Buffer> = fc
  .oneof(
    fc.uint8Array({ maxLength: 60 }),
    hostileText.map((text) => Buffer.from(text)),
  )
  .map((bytes) => Buffer.from(bytes));

/** Numbers at their limits, without -0, which is 0 on a host. */
export const hostileNumber = fc
  .oneof(
    fc.constantFrom(0, -1, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308, 5e-324, NaN, Infinity, -Infinity),
    fc.double(),
  )
  .map((number) => number + 0);

/** A text with one change: cut, or some bytes of it replaced, inserted or repeated. */
export const altered = (text: string): fc.Arbitrary<string> =>
  fc
    .record({
      at: fc.nat({ max: text.length }),
      length: fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: text.length })),
      by: fc.oneof(fc.constant(""), fc.string({ unit: "binary", maxLength: 4 }), hostileText),
      twice: fc.boolean(),
    })
    .map(({ at, length, by, twice }) => {
      const part = text.slice(at, at + length);
      return text.slice(0, at) + (twice ? part + part : by) + text.slice(at + length);
    });
