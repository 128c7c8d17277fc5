import fc from "fast-check";

/** What shells, regular expressions, find's output and tar trip over; no tab and no line end, which no path may hold here. */
const nasty = Array.from("ab 'é\"$`\\*?[]{}()<>|&;!#~%=-:,.^@+\u{1F600}");

/** A name of a file. */
export const fileName = fc
  .string({ unit: fc.constantFrom(...nasty), minLength: 1, maxLength: 12 })
  .filter((name) => name !== "." && name !== "..");

/** What a link may point to, or a comment say. */
export const words = fc.string({ unit: fc.constantFrom(...nasty, "/"), minLength: 1, maxLength: 20 });

/** Text as files hold it: line ends, what looks like a here-document's end, a template or a file that does not end with a line. */
export const text = fc
  .array(
    fc.oneof(
      words,
      fc.constantFrom("", "\n", "\r\n", "\t", "KUBEPLAY-END\n", "EOF\n", "{{name}}", "\u0001", "%s", "a".repeat(2000)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

/** What a file holds; so much of one byte is told by its size, so that a counterexample can be read. */
export type Content = string | Uint8Array | { readonly size: number };
export const bytesOf = (content: Content): Uint8Array =>
  typeof content === "string"
    ? Buffer.from(content)
    : content instanceof Uint8Array
      ? content
      : Buffer.alloc(content.size, 0xff);

/** Also just more than what travels inside a command, so that both ways of an upload are gone. */
export const content: fc.Arbitrary<Content> = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 50 }) },
  { weight: 1, arbitrary: fc.record({ size: fc.integer({ min: 64 * 1024 - 1, max: 300_000 }) }) },
);

/** All permission bits. */
export const mode = fc.oneof(fc.integer({ min: 0, max: 0o7777 }), fc.constantFrom(0o644, 0o600, 0o755, 0o4755, 0o2770));

/** Debian's own accounts, whose numbers are the same everywhere; each as name and number. */
const accounts = { root: 0, daemon: 1, bin: 2, "www-data": 33 } as const;
export type Account = keyof typeof accounts;
export const account = fc.constantFrom(...(Object.keys(accounts) as Account[]));
/** A name, or its number in place of it. */
export const accountWord = fc
  .tuple(account, fc.boolean())
  .map(([name, asNumber]) => ({ name, word: asNumber ? String(accounts[name]) : name }));

export const octal = (bits: number): string => bits.toString(8);
export const base64 = (content: Content): string => Buffer.from(bytesOf(content)).toString("base64");
