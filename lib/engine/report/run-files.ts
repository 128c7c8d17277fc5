import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PlayError } from "../errors.ts";
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

/** The arguments and inputs of a run, from which drift repeats it. */
export interface MadeOf {
  readonly given: SavedArguments;
  readonly sources: Sources;
  /** The environment variables that the project's modules read. */
  readonly environment?: Sources;
}

/** The environment is known once the run has ended. */
export interface RunInputs extends Omit<MadeOf, "environment"> {
  readonly environment?: () => Sources;
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
  /** The hosts that still have tasks or handlers to run, if the run ended early. */
  readonly unfinished?: readonly string[];
  /** Why events.jsonl lacks the last events. */
  readonly unrecorded?: string;
}

/**
 * Records every event of a run as it happens (events.jsonl), and a summary at the end (summary.json). An event that cannot
 * be written throws; events.jsonl then ends with the event before it.
 */
export class RunFiles {
  readonly folder: string;
  readonly #events: number;
  readonly #changes: RecordedChange[] = [];
  readonly #inputs: RunInputs | undefined;
  #run = { id: "", playbook: "", check: false };
  #length = 0;
  #unrecorded: string | undefined;

  constructor(folder: string, inputs?: RunInputs) {
    this.folder = folder;
    this.#inputs = inputs;
    // The events show content of the hosts' files, so only the owner may read them.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#events = openSync(path.join(folder, "events.jsonl"), "a", 0o600);
  }

  /** Events are recorded with covered secrets. What drift reads again, names of playbook and hosts, is taken as it is. */
  take(event: RunEvent, real: RunEvent = event): void {
    if (real.type === "run started") this.#run = { id: real.id, playbook: real.playbook, check: real.check };
    else if (event.type === "task" && event.outcome === "changed") {
      const { host, play, role, task, kind, label } = event;
      this.#changes.push({ host, play, role, task, kind, what: label });
    }
    try {
      if (this.#unrecorded === undefined) this.#append({ at: new Date().toISOString(), ...event });
    } finally {
      if (real.type === "run ended") this.#end(real);
    }
  }

  #append(event: object): void {
    const line = Buffer.from(`${printableJson(event)}\n`);
    try {
      writeFileSync(this.#events, line);
      this.#length += line.length;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#unrecorded = `${path.join(this.folder, "events.jsonl")}: ${why}`;
      ftruncateSync(this.#events, this.#length);
      throw new PlayError(this.#unrecorded, { cause: error });
    }
  }

  #end({ recap, code, seconds, unfinished }: Extract<RunEvent, { type: "run ended" }>): void {
    const summary: Summary = {
      ...this.#run,
      code,
      seconds,
      hosts: recap,
      changes: this.#changes,
      ...(unfinished && { unfinished }),
      ...(this.#unrecorded !== undefined && { unrecorded: this.#unrecorded }),
      ...(this.#inputs && { ...this.#inputs, environment: this.#inputs.environment?.() ?? {} }),
    };
    closeSync(this.#events);
    this.#write("summary.json", `${printableJson(summary, 2)}\n`);
  }

  /** A file that does not fit on the disk is not there at all. */
  #write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    const temporary = `${file}.new`;
    try {
      writeFileSync(temporary, text, { mode: 0o600 });
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new PlayError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}
