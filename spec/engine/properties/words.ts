import fc from "fast-check";

/** Characters that are special to shells, regular expressions, find or tar; no tab or line end, which paths may not have. */
const nasty = Array.from("ab 'é\"$`\\*?[]{}()<>|&;!#~%=-:,.^@+\u{1F600}");

/** A file name. */
export const fileName = fc
  .string({ unit: fc.constantFrom(...nasty), minLength: 1, maxLength: 12 })
  .filter((name) => name !== "." && name !== "..");

/** The target of a link, or a comment. */
export const words = fc.string({ unit: fc.constantFrom(...nasty, "/"), minLength: 1, maxLength: 20 });

/** Contents of files: various line ends, ends of here-documents, templates, and a last line without a line end. */
export const text = fc
  .array(
    fc.oneof(
      words,
      fc.constantFrom("", "\n", "\r\n", "\t", "KUBEPLAY-END\n", "EOF\n", "{{name}}", "\u0001", "%s", "a".repeat(2000)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

/** The contents of a file. Large contents repeat one byte and are given by size, to keep counterexamples readable. */
export type Content = string | Uint8Array | { readonly size: number };
export const bytesOf = (content: Content): Uint8Array =>
  typeof content === "string"
    ? Buffer.from(content)
    : content instanceof Uint8Array
      ? content
      : Buffer.alloc(content.size, 0xff);

/** Includes sizes just above the limit for content inside a command, so that both kinds of upload are tested. */
export const content: fc.Arbitrary<Content> = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 50 }) },
  { weight: 1, arbitrary: fc.record({ size: fc.integer({ min: 64 * 1024 - 1, max: 300_000 }) }) },
);

/** All permission bits. */
const anyMode = fc.integer({ min: 0, max: 0o7777 });
/** Without numbers that look like a mode in decimal, which are refused. */
export const mode = fc.oneof(
  anyMode.filter((mode) => !/^[0-7]{3,4}$/.test(String(mode))),
  fc.constantFrom(0o644, 0o600, 0o755, 0o4755, 0o2770),
);

/** Debian's own accounts, whose ids are the same everywhere. */
const accounts = { root: 0, daemon: 1, bin: 2, "www-data": 33 } as const;
export type Account = keyof typeof accounts;
export const account = fc.constantFrom(...(Object.keys(accounts) as Account[]));
/** A name, or its id instead. */
export const accountWord = fc
  .tuple(account, fc.boolean())
  .map(([name, asNumber]) => ({ name, word: asNumber ? String(accounts[name]) : name }));

export const octal = (bits: number): string => bits.toString(8);
export const base64 = (content: Content): string => Buffer.from(bytesOf(content)).toString("base64");
