import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import type { SavedArguments, HostRecap, RunEvent, Sources } from "../runner/index.ts";
import { printableJson } from "./printable.ts";

/** One change of a run, as summary.json lists it. */
export interface RecordedChange {
  readonly host: string;
  readonly play: string;
  readonly role: string;
  readonly task: string;
  readonly kind: string;
  readonly what: string;
}

/** The arguments and sources of a run, from which drift repeats it. */
export interface MadeOf {
  readonly given: SavedArguments;
  readonly sources: Sources;
}

/** The content of summary.json. */
export interface Summary extends Partial<MadeOf> {
  readonly id: string;
  readonly playbook: string;
  readonly check: boolean;
  readonly code: number;
  readonly seconds: number;
  readonly hosts: Readonly<Record<string, HostRecap>>;
  readonly changes: readonly RecordedChange[];
}

/** Records every event of a run as it happens (events.jsonl), and a summary at the end (summary.json). */
export class RunFiles {
  readonly folder: string;
  readonly #events: number;
  readonly #changes: RecordedChange[] = [];
  readonly #madeOf: MadeOf | undefined;
  #run = { id: "", playbook: "", check: false };

  constructor(folder: string, madeOf?: MadeOf) {
    this.folder = folder;
    this.#madeOf = madeOf;
    // The events show content of the hosts' files, so only the owner may read them.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#events = openSync(path.join(folder, "events.jsonl"), "a", 0o600);
  }

  take(event: RunEvent): void {
    writeSync(this.#events, `${printableJson({ at: new Date().toISOString(), ...event })}\n`);
    if (event.type === "run started") this.#run = { id: event.id, playbook: event.playbook, check: event.check };
    else if (event.type === "task" && event.outcome === "changed") {
      const { host, play, role, task, kind, label } = event;
      this.#changes.push({ host, play, role, task, kind, what: label });
    } else if (event.type === "run ended") this.#end(event.recap, event.code, event.seconds);
  }

  #end(hosts: Summary["hosts"], code: number, seconds: number): void {
    const summary: Summary = { ...this.#run, code, seconds, hosts, changes: this.#changes, ...this.#madeOf };
    writeFileSync(path.join(this.folder, "summary.json"), `${printableJson(summary, 2)}\n`);
    closeSync(this.#events);
  }
}
