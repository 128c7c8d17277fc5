import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import path from "node:path";
import { inFull } from "#engine/report/differences.ts";
import { DriftReport, Failures, printableJson, RunFiles, Terminal } from "#engine/report/index.ts";
import type { RunEvent } from "#engine/runner/index.ts";
import { always } from "../../../always.ts";
import { forTerminals, hostileText } from "../../../hostile.ts";
import { temporaryFolder } from "../temporary.ts";

/** Ends in lines that look like those of a report. */
const text = fc
  .tuple(
    hostileText,
    fc.constantFrom("", "\nok: [n-1]", "\nPLAY RECAP ***", "\nTASK [x]", "\nchanged: [n-1]"),
    hostileText,
  )
  .map((parts) => parts.join(""));
const value = fc.oneof(
  text,
  fc.constant(undefined),
  fc.array(text),
  fc.dictionary(text, text),
  fc.double(),
  fc.boolean(),
);
const difference = fc.record({ what: text, before: value, after: value });

const events = fc.record({
  host: text,
  play: text,
  role: text,
  task: text,
  label: text,
  message: text,
  line: text,
  delegatedTo: text,
  differences: fc.array(difference, { maxLength: 3 }),
  outcome: fc.constantFrom("ok", "changed", "skipped", "failed", "unreachable"),
});

function eventsOf({
  host,
  play,
  role,
  task,
  label,
  message,
  line,
  delegatedTo,
  differences,
  outcome,
}: Parts): RunEvent[] {
  const name = { role, task, handler: false };
  const recap = { ok: 1, changed: 0, unreachable: 0, failed: 1, skipped: 0, rescued: 0, ignored: 0 };
  return [
    { type: "play started", play, hosts: [host] },
    { type: "tasks", play, tasks: [name], hosts: Object.fromEntries([[host, [0]]]) },
    { type: "progress", play, host, role, task, line, retried: true, seconds: 1 },
    { type: "notice", message },
    { type: "unreachable", play, host, message },
    {
      type: "task",
      id: "1",
      play,
      host,
      ...name,
      kind: "file",
      label,
      outcome,
      differences,
      message,
      delegatedTo,
      seconds: 1,
    },
    { type: "play ended", play, seconds: 1 },
    { type: "run ended", code: 2, seconds: 1, recap: Object.fromEntries([[host, recap]]) },
  ];
}
type Parts = typeof events extends fc.Arbitrary<infer All> ? All : never;

/** The report's own colours. */
const colours = /\u001b\[\d+m/g;
const obeyed = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function shownBy(all: readonly RunEvent[], options: { diff: boolean; verbosity: number }): string {
  const lines: string[] = [];
  const terminal = new Terminal({ ...options, width: 80, print: (line) => lines.push(line) });
  const drift = new DriftReport();
  const failures = new Failures();
  for (const event of all) for (const view of [terminal, drift, failures]) view.take(event);
  return [...lines, ...drift.lines, ...failures.lines("npm run play site")].join("\n").replaceAll(colours, "");
}

const ways = [
  { diff: false, verbosity: 0 },
  { diff: false, verbosity: 3 },
  { diff: true, verbosity: 0 },
] as const;

describe("a report of hostile hosts", () => {
  const folder = temporaryFolder();

  always("has no character that a terminal obeys, or that changes the order of reading", events, (parts) => {
    for (const way of ways) expect(shownBy(eventsOf(parts), way)).not.to.match(obeyed);
  });

  for (const sequence of forTerminals)
    it(`shows ${printableJson(sequence)} as text`, () => {
      const output = shownBy([{ type: "notice", message: `a${sequence}b` }], ways[0]);
      expect(output).not.to.match(obeyed);
      expect(output).to.match(/^a\\.*b$/);
    });

  always("has no line that a host wrote to look like the report's own", events, (parts) => {
    const marked = JSON.parse(JSON.stringify(parts).replaceAll("\\n", "\\nFORGED ")) as Parts;
    for (const way of ways)
      expect(
        shownBy(eventsOf(marked), way)
          .split("\n")
          .filter((line) => line.startsWith("FORGED")),
      ).to.deep.equal([]);
  });

  always(
    "is recorded in files that a terminal can show, and that any program reads back",
    events,
    (parts) => {
      const own = path.join(folder, String(Math.random()));
      const files = new RunFiles(own);
      const all = eventsOf(parts);
      for (const event of all) files.take(event);
      const written = readFileSync(path.join(own, "events.jsonl"), "utf8");
      expect(written).not.to.match(obeyed);
      const read = written
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { at?: string });
      expect(read).to.deep.equal(
        all.map((event, index) => ({ ...(JSON.parse(JSON.stringify(event)) as object), at: read[index]?.at })),
      );
      expect(readFileSync(path.join(own, "summary.json"), "utf8")).not.to.match(obeyed);
    },
    { runs: 50 },
  );

  it("shows texts of many lines that have nothing in common within seconds", function () {
    this.timeout(20_000);
    const random = (): string =>
      Array.from({ length: 30_000 }, () => Math.random().toString(36).slice(2, 7)).join("\n");
    const lines = inFull({ what: "content", before: random(), after: random() });
    expect(lines[0]).to.equal("content: too different to be compared line by line");
    expect(lines).to.include("-… and 29980 more lines").and.include("+… and 29980 more lines");
  });
});
