import { expect } from "chai";
import fc from "fast-check";
import { line } from "kubeplay";
import { keep } from "../../lib/engine/resources/keep.ts";
import { host, on } from "../lab/host.ts";
import { holds } from "./holds.ts";
import { cleared, everything, owned, placed, stage, type There } from "./scenes.ts";
import { base64, octal, words } from "./words.ts";

/** Few enough words that lines collide. */
const someLine = fc.oneof(
  fc.constantFrom("", "a=1", "a=2", "#a=1", "b=1", "b = 1", " a=1", "a=1\r", "KUBEPLAY-END", "c'é\"$x`\\"),
  words,
);
const content = fc
  .tuple(fc.array(someLine, { maxLength: 6 }), fc.boolean())
  .map(([lines, ended]) => lines.join("\n") + (ended && lines.length > 0 ? "\n" : ""));

const scenes = fc.record({
  before: fc.oneof(
    fc.record({ type: fc.constant("absent") }),
    { weight: 4, arbitrary: fc.record({ type: fc.constant("file"), content, permissions: owned }) },
    fc.record({ type: fc.constant("link"), to: fc.constantFrom("file") }),
    fc.record({
      type: fc.constant("file"),
      content: fc.constant(new Uint8Array([0xff, 0x0a, 0x00])),
      permissions: owned,
    }),
  ) satisfies fc.Arbitrary<There>,
  line: someLine,
  options: fc.record(
    {
      match: fc.constantFrom("^#?a=", "b", "^$", "END$", "."),
      insertAfter: fc.constantFrom("^a", "b", "^$"),
      create: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
});

describe("a line", () => {
  const path = `${stage}/lines`;
  const look = `stat -c '%a %U:%G' ${path} && base64 -w 0 ${path}`;

  holds(
    "is put into the file and removed again, without changing other lines",
    scenes,
    ({ before, line: wanted, options }) => {
      const task = line("l", { path, line: wanted, ...options });
      const arrange = `${cleared} && ${placed(path, before)}`;
      if (before.type === "link") return { arrange, task, look: everything, refused: /is a link to/ };
      if (before.type === "absent" && !options.create)
        return { arrange, task, look: everything, refusedLate: /does not exist, expected a file to edit/ };
      const is = before.type === "file" ? before : undefined;
      if (is && typeof is.content !== "string") return { arrange, task, look: everything, refused: /is not text/ };
      const text = String(is?.content ?? "");
      const lines = linesOf(text);
      const match = options.match === undefined ? undefined : new RegExp(options.match);
      const matching = match ? lines.filter((one) => match.test(one)) : [];
      if (match && !match.test(wanted) && matching.length > 1)
        return { arrange, task, look: everything, refused: /lines match .* but the line itself does not/ };
      const after = edited(lines, wanted, matching.at(-1), options.insertAfter);
      const as = is?.permissions ?? { mode: 0o644, owner: "root", group: "root" };
      const shown = (content: string) => `${octal(as.mode)} ${as.owner}:${as.group}\n${base64(content)}`;
      const changes = String(lines) !== String(after) || lines.length !== after.length;
      const made = changes ? joined(after) : text;
      const gone = after.filter((one) => one !== wanted && !match?.test(one));
      return {
        arrange,
        task,
        look,
        wanted: shown(made),
        found: changes ? ["line"] : [],
        undo: {
          task: line("l", {
            path,
            line: wanted,
            ...(options.match !== undefined && { match: options.match }),
            state: "absent",
          }),
          wanted: shown(gone.length === after.length ? made : joined(gone)),
        },
      };
    },
    { runs: 40 },
  );

  it("is removed by its pattern alone, which does not match an empty line", async () => {
    await on("engine-1", `${cleared} && printf 'a\\n\\nswap\\n' > ${path}`);
    await keep(await host("engine-1"), line("l", { path, match: "^swap", state: "absent" }));
    expect(await on("engine-1", `cat ${path}; echo end`)).to.equal("a\n\nend");
  });
});

/** A simple reference: replaces the last match, else keeps the line, else inserts it after the anchor or at the end. */
function edited(lines: readonly string[], wanted: string, matching?: string, anchor?: string): string[] {
  if (matching !== undefined) return lines.with(lines.lastIndexOf(matching), wanted);
  if (lines.includes(wanted)) return [...lines];
  const after = anchor === undefined ? undefined : lines.filter((one) => new RegExp(anchor).test(one)).at(-1);
  const place = after === undefined ? lines.length : lines.lastIndexOf(after) + 1;
  return [...lines.slice(0, place), wanted, ...lines.slice(place)];
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
const joined = (lines: readonly string[]): string => lines.map((one) => `${one}\n`).join("");
