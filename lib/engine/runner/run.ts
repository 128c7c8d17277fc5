import { setMaxListeners } from "node:events";
import type { Play } from "../dsl/index.ts";
import { Batch, type AfterBatch } from "./batch.ts";
import type { RunContext } from "./run-context.ts";
import { serialBatches } from "./plan/serial.ts";
import type { Emit, RunEvent } from "./events/events.ts";
import { LiveHosts } from "./state/live-hosts.ts";
import { playHosts } from "./plan/play-hosts.ts";
import { UnfinishedWork } from "./events/unfinished-work.ts";
import { Locks } from "./coordinate/locks.ts";
import { TaskTargets } from "./execute/task-targets.ts";
import { Recap } from "./events/recap.ts";
import { playsFrom } from "./plan/start-at.ts";
import { StepPrompt } from "./execute/step-prompt.ts";
import { Throttles } from "./coordinate/throttles.ts";
import type { RunInput } from "./run-input.ts";

/** Runs a playbook. Returns Ansible's exit code: 0, 2 if a host failed, 4 if one was unreachable, 99 if interrupted. */
export async function run(input: RunInput): Promise<number> {
  const started = Date.now();
  const { options, inventory, variables, id, playbookName, journal } = input;
  const plays = playsFrom(input.playbook, inventory, variables, options);
  const left = new UnfinishedWork(plays);
  const emit: Emit = (event) => {
    left.take(event);
    input.emit(event);
  };
  const running = new PlaybookRun({ ...input, emit });
  emit({ type: "run started", id, playbook: playbookName, check: options.check });
  for (const message of inventory.notices) emit({ type: "notice", message });
  try {
    for (const play of plays) if (!(await running.play(play))) break;
  } finally {
    await running.close();
  }
  const interrupted = input.stopping?.() ?? false;
  if (interrupted)
    for (const message of left.describe((host) => namesOf(journal.pending(host)))) emit({ type: "notice", message });
  const code = interrupted ? 99 : running.recap.code;
  emit({ type: "run ended", recap: running.recap.hosts, code, seconds: (Date.now() - started) / 1000 });
  return code;
}

/** The names of handlers, taken from the journal's keys. */
const namesOf = (keys: ReadonlySet<string>): string[] => [...keys].map((key) => key.slice(key.indexOf("\0") + 1));

class PlaybookRun {
  readonly recap = new Recap();
  readonly #input: RunInput;
  readonly #context: RunContext;
  readonly #locks: Locks | undefined;
  readonly #noticed = new Set<string>();
  readonly #end = new AbortController();

  constructor(input: RunInput) {
    this.#input = input;
    // All work in the background listens.
    setMaxListeners(0, this.#end.signal);
    const { connect, options, inventory, answered, locks, stopping = () => false } = input;
    const hosts = new LiveHosts(connect, options.forks);
    const emit: Emit = (event: RunEvent) => {
      this.recap.count(event);
      input.emit(event);
    };
    if (locks) this.#locks = new Locks(locks, (message) => emit({ type: "notice", message }), stopping);
    this.#context = {
      input,
      emit,
      hosts,
      targets: new TaskTargets({ inventory, hosts, check: options.check, answered, locks: this.#locks }),
      facts: new Map(),
      registered: new Map(),
      throttles: new Throttles(),
      ...(input.ask && { stepPrompt: new StepPrompt(input.ask) }),
      gone: new Set(),
      unreachable: new Set(),
      silent: new Set(),
      ended: this.#end.signal,
      begun: false,
    };
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#locks?.release();
    await this.#context.hosts.close();
  }

  #noticeOnce(message: string): void {
    if (!this.#noticed.has(message)) this.#context.emit({ type: "notice", message });
    this.#noticed.add(message);
  }

  /** Returns false if the run must not go on: it was interrupted, or no host is left. */
  async play(play: Play): Promise<boolean> {
    const { inventory, options } = this.#input;
    const { emit, gone, targets } = this.#context;
    const selected = playHosts(play, inventory, options.limit, (message) =>
      this.#noticeOnce(`A play names what this inventory does not have: ${message}`),
    );
    const hosts = selected.filter(({ name }) => !gone.has(name));
    if (hosts.length === 0) {
      const names = selected.map(({ name }) => name).join(", ");
      if (names !== "") emit({ type: "notice", message: `PLAY [${play.name}] is left out: ${names} failed before` });
      return true;
    }
    const started = Date.now();
    emit({ type: "play started", play: play.name, hosts: hosts.map(({ name }) => name) });
    targets.startPlay();
    let next: AfterBatch = "go on";
    for (const batch of serialBatches(hosts, play.serial)) {
      next = await new Batch(play, batch, this.#context).play();
      if (next !== "go on") break;
    }
    emit({ type: "play ended", play: play.name, seconds: (Date.now() - started) / 1000 });
    return next !== "run ended";
  }
}
