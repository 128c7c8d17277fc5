import { pc } from "./colours.ts";
import { columnsOf } from "./columns.ts";
import { inNaturalOrder } from "../inventory/natural-order.ts";
import { keyOf, type HostRecap, type Outcome, type RunEvent, type TaskName, type TaskResult } from "../runner/index.ts";
import { inBrief, inFull } from "./differences.ts";
import { indented, printableEvent } from "./printable.ts";
import { inSeconds, questionsInWords, stepInLines } from "./steps.ts";
import { SignsOfLife } from "./signs-of-life.ts";

export interface TerminalOptions {
  readonly diff: boolean;
  readonly verbosity: number;
  /** The terminal's width in columns. */
  readonly width: number;
  readonly print: (line: string) => void;
  /** Replaces the last line; absent if the output is not a terminal. */
  readonly status?: (line: string) => void;
}

const colours: Record<Outcome, (text: string) => string> = {
  ok: pc.green,
  changed: pc.yellow,
  skipped: pc.cyan,
  failed: pc.red,
  unreachable: pc.red,
};

interface HandlerResult {
  readonly result: TaskResult;
  /** The position of the task that its host had finished last. */
  readonly after: number;
}

/**
 * Prints a run as Ansible does. Hosts run ahead of each other; a task is shown when all its hosts have finished it, and
 * before it the handlers that ran before it. A failure is shown at once.
 */
export class Terminal {
  readonly #o: TerminalOptions;
  readonly #signs = new SignsOfLife();
  #tasks: readonly TaskName[] = [];
  /** The position of each task in the play. */
  #places = new Map<string, number>();
  /** For each task, the hosts that have not finished it. */
  #waiting: Set<string>[] = [];
  #results = new Map<string, TaskResult[]>();
  #handlers: HandlerResult[] = [];
  /** The position of the task that each host has finished last. */
  #last = new Map<string, number>();
  #next = 0;

  constructor(options: TerminalOptions) {
    this.#o = options;
  }

  take(received: RunEvent): void {
    const event = printableEvent(received);
    switch (event.type) {
      case "run started":
        if (event.check) this.#o.print(pc.cyan("CHECK MODE: nothing is changed anywhere"));
        break;
      case "play started":
        this.#heading(`PLAY [${event.play}]`);
        break;
      case "tasks":
        this.#flush();
        this.#startBatch(event.tasks, event.hosts);
        break;
      case "task":
        this.#task(event);
        break;
      case "progress":
        this.#progress(event);
        break;
      case "asked":
        this.#o.print(pc.dim(questionsInWords(event)));
        break;
      case "rescued":
        break;
      case "unreachable":
        this.#o.print(pc.red(`fatal: [${event.host}]: UNREACHABLE! => ${indented(event.message)}`));
        break;
      case "notice":
        this.#o.print(indented(event.message));
        break;
      case "play ended":
        this.#flush();
        break;
      case "run ended":
        this.#recap(event.recap, event.seconds);
    }
  }

  #progress(event: Extract<RunEvent, { type: "progress" }>): void {
    const { status, print, width } = this.#o;
    if (event.retried) print(pc.dim(this.#signs.whole(event)));
    else if (status) status(pc.dim(this.#signs.forTerminal(event, width)));
    else {
      const line = this.#signs.forLog(event);
      if (line !== undefined) print(pc.dim(line));
    }
  }

  #startBatch(tasks: readonly TaskName[], hosts: Readonly<Record<string, readonly number[]>>): void {
    this.#tasks = tasks;
    this.#places = new Map(tasks.map((name, index) => [keyOf(name), index]));
    this.#waiting = tasks.map(() => new Set());
    for (const [host, own] of Object.entries(hosts)) for (const index of own) this.#waiting[index]?.add(host);
    this.#results = new Map();
    this.#handlers = [];
    this.#last = new Map();
    this.#next = 0;
  }

  #task(event: TaskResult): void {
    const { host, outcome, ignored } = event;
    const key = keyOf(event);
    const place = this.#places.get(key) ?? -1;
    const hasEnded = (outcome === "failed" && !ignored) || outcome === "unreachable";
    if (!event.handler) {
      this.#last.set(host, place);
      this.#waiting[place]?.delete(host);
    }
    if (hasEnded) for (const waiting of this.#waiting) waiting.delete(host);
    const results = this.#results.get(key) ?? [];
    if (event.handler) this.#handlers.push({ result: event, after: this.#last.get(host) ?? -1 });
    else if (place < this.#next) this.#show(event, [event]);
    else this.#results.set(key, [...results, event]);
    while (this.#waiting[this.#next]?.size === 0) this.#showNext();
    if (hasEnded && !event.handler && place >= this.#next) {
      this.#show(event, [event]);
      this.#results.set(key, results);
    }
  }

  #showNext(): void {
    this.#showHandlers(this.#next);
    const name = this.#tasks[this.#next++];
    const results = name && this.#results.get(keyOf(name));
    if (name && results && results.length > 0) this.#show(name, results);
  }

  #flush(): void {
    while (this.#next < this.#tasks.length) this.#showNext();
    this.#showHandlers(Infinity);
  }

  /** Shows the handlers that their hosts ran before the task at this position. */
  #showHandlers(place: number): void {
    const due = this.#handlers.filter(({ after }) => after < place);
    this.#handlers = this.#handlers.filter(({ after }) => after >= place);
    const byHandler = groupBy(due, ({ result }) => keyOf(result));
    for (const group of byHandler.values())
      if (group[0])
        this.#show(
          group[0].result,
          group.map(({ result }) => result),
        );
  }

  #show(name: TaskName, results: readonly TaskResult[]): void {
    const of = name.role ? `${name.role} : ${name.task}` : name.task;
    this.#heading(`${name.handler ? "RUNNING HANDLER" : "TASK"} [${of}]`);
    const ordered = [...results].sort((a, b) => inNaturalOrder(a.host, b.host));
    for (const outcome of ["ok", "skipped"] as const) {
      const hosts = ordered.filter((result) => result.outcome === outcome).map((result) => `[${whereOf(result)}]`);
      const word = outcome === "skipped" ? "skipping" : outcome;
      if (hosts.length > 0) this.#o.print(colours[outcome](`${word}: ${hosts.join(" ")}`));
    }
    for (const result of ordered) if (result.outcome === "ok" && result.steps) this.#steps(result, result.host);
    for (const result of ordered) if (result.outcome !== "ok" && result.outcome !== "skipped") this.#result(result);
  }

  #result(result: TaskResult): void {
    const { outcome, message, differences, label } = result;
    const where = whereOf(result);
    const colour = colours[outcome];
    if (outcome === "failed" || outcome === "unreachable") {
      const word = outcome === "failed" ? "FAILED!" : "UNREACHABLE!";
      this.#o.print(colour(`fatal: [${where}]: ${word} => ${label ? `${label}: ` : ""}${indented(message ?? "")}`));
      if (result.ignored) this.#o.print(pc.cyan("...ignoring"));
    } else {
      const time = this.#o.verbosity > 1 ? ` (${inSeconds(result.seconds)})` : "";
      this.#o.print(colour(`changed: [${where}]${time}`) + (label ? pc.dim(` => ${label}`) : ""));
    }
    if (this.#o.diff)
      for (const difference of differences) inFull(difference, label).forEach((line) => this.#o.print(tint(line)));
    else if (this.#o.verbosity > 0) for (const difference of differences) this.#o.print(`  ${inBrief(difference)}`);
    this.#steps(result);
  }

  /** What the steps printed. Without -v a failure says where that is to be found. */
  #steps({ steps = [] }: TaskResult, host?: string): void {
    const { verbosity, print } = this.#o;
    if (verbosity === 0) {
      if (steps.length > 0) print(pc.dim("  More of its output is in this run's events.jsonl; -v shows it."));
      return;
    }
    for (const step of steps) for (const line of stepInLines(step, verbosity, host)) print(line);
  }

  #heading(text: string): void {
    this.#o.print(`\n${pc.bold(text)} ${"*".repeat(Math.max(3, this.#o.width - columnsOf(text) - 1))}`);
  }

  #recap(hosts: Readonly<Record<string, HostRecap>>, seconds: number): void {
    this.#heading("PLAY RECAP");
    const width = Math.max(0, ...Object.keys(hosts).map((host) => host.length));
    for (const [host, recap] of Object.entries(hosts)) {
      const counts = Object.entries(recap).map(([word, count]) => `${word}=${String(count).padEnd(4)}`);
      const colour = recap.failed + recap.unreachable > 0 ? pc.red : recap.changed > 0 ? pc.yellow : pc.green;
      this.#o.print(`${colour(host.padEnd(width))} : ${counts.join("").trimEnd()}`);
    }
    this.#o.print(`\nIt took ${seconds.toFixed(1)} s.`);
  }
}

/** Ansible's notation for a task that ran on another host. */
const whereOf = ({ host, delegatedTo }: TaskResult): string =>
  delegatedTo === undefined ? host : `${host} -> ${delegatedTo}`;

const tint = (line: string): string =>
  line.startsWith("+")
    ? pc.green(line)
    : line.startsWith("-")
      ? pc.red(line)
      : line.startsWith("@")
        ? pc.cyan(line)
        : line;

function groupBy<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}
