import { readFileSync } from "node:fs";

interface TimedEvent {
  readonly at: string;
  readonly type: string;
  readonly play?: string;
  readonly role?: string;
  readonly seconds?: number;
}

export interface Step {
  readonly play: string;
  readonly seconds: number;
  /** Seconds since the run began. */
  readonly end: number;
}

export interface Steps {
  readonly plays: readonly Step[];
  /** Seconds from the start of the run until all nodes were Ready; undefined if they never were. */
  readonly nodesReady: number | undefined;
  readonly whole: number;
}

/** The time of each play of a run, from its events.jsonl. */
export function stepsOf(file: string): Steps {
  const events = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TimedEvent);
  const began = Date.parse(events[0]?.at ?? "");
  const since = ({ at }: TimedEvent): number => (Date.parse(at) - began) / 1000;
  const ready = events.find(({ type, role }) => type === "task" && role === "nodes-ready");
  const last = events.at(-1);
  return {
    plays: events
      .filter(({ type }) => type === "play ended")
      .map((event) => ({ play: event.play ?? "", seconds: event.seconds ?? 0, end: since(event) })),
    nodesReady: ready && since(ready),
    whole: last ? since(last) : 0,
  };
}

/** A table in the format of docs/bench.md. */
export function table({ plays, nodesReady, whole }: Steps): string {
  const percent = (seconds: number): string => `${((100 * seconds) / whole).toFixed(0)} %`;
  const rows = plays.map(({ play, seconds, end }) => `| ${play} | ${seconds.toFixed(0)} | ${end.toFixed(0)} |`);
  return [
    "| play | seconds | at the end of it |",
    "| --- | ---: | ---: |",
    ...rows,
    `| nodes Ready | | ${nodesReady === undefined ? "never" : `${nodesReady.toFixed(0)} (${percent(nodesReady)})`} |`,
    `| the whole | ${whole.toFixed(0)} | |`,
  ].join("\n");
}
