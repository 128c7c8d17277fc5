import { setTimeout as sleep } from "node:timers/promises";
import { onAbort, sharedSignal } from "../connection/interruption.ts";
import type { Play } from "../dsl/index.ts";
import { GrowingInventory } from "../inventory/growing.ts";
import { Batch, type AfterBatch } from "./batch.ts";
import type { Owed } from "./handlers/owed.ts";
import type { HostPlay } from "./host-play.ts";
import type { RunContext } from "./run-context.ts";
import { serialBatches, serialOf } from "./plan/serial.ts";
import type { Emit, RunEvent } from "./events/events.ts";
import { LiveHosts } from "./state/live-hosts.ts";
import { playHosts } from "./plan/play-hosts.ts";
import { Recording } from "./events/recording.ts";
import { UnfinishedWork } from "./events/unfinished-work.ts";
import { Locks } from "./coordinate/locks.ts";
import { TaskTargets, type TaskTargetsOptions } from "./execute/task-targets.ts";
import { Recap } from "./events/recap.ts";
import { playsFrom } from "./plan/start-at.ts";
import { playsWithTasks } from "./plan/plays-with-tasks.ts";
import { HostJournals } from "./handlers/host-journals.ts";
import { StepPrompt } from "./execute/step-prompt.ts";
import { Throttles } from "./coordinate/throttles.ts";
import type { RunInput } from "./run-input.ts";

/** Milliseconds for the end of steps that were ended, and for the release of locks and connections after that. */
const [endPatience, closePatience] = [1500, 2000];

/**
 * Runs a playbook. Returns Ansible's exit code: 0, 2 if a host failed, 4 if one was unreachable, 99 if interrupted; 1 if
 * its events could not be recorded.
 */
export async function run(given: RunInput): Promise<number> {
  const started = Date.now();
  const growing = new GrowingInventory(given.inventory);
  const input = { ...given, inventory: growing, variables: given.variables.over(growing) };
  const { options, inventory, variables, id, playbookName, journal } = input;
  const begun = playsFrom(input.playbook, inventory, variables, options);
  const plays = playsWithTasks(begun, inventory, variables, options);
  const left = new UnfinishedWork(plays);
  const recording = new Recording((event) => {
    left.take(event);
    input.emit(event);
  });
  const { emit } = recording;
  const interrupted = () => input.stopping?.() ?? false;
  const running = new PlaybookRun({ ...input, emit, stopping: () => recording.failed || interrupted() });
  emit({ type: "run started", id, playbook: playbookName, check: options.check });
  for (const message of inventory.notices) emit({ type: "notice", message });
  try {
    for (const play of plays) if (!(await running.play(play))) break;
  } finally {
    await running.close();
  }
  const stopped = recording.failed || interrupted();
  const pending = (host: string) => namesOf(journal.pending(host));
  if (stopped) for (const message of left.describe(pending)) emit({ type: "notice", message });
  const cut = stopped ? undefined : running.stoppedBecause;
  const all =
    stopped || cut !== undefined ? left.hosts(pending, (play) => playHosts(play, inventory, options.limit)) : [];
  const unfinished = stopped ? all : all.filter((host) => !running.hasLost(host));
  if (cut !== undefined && unfinished.length > 0)
    emit({ type: "notice", message: `Stopped: ${cut}. Not done on ${unfinished.join(", ")}.` });
  const { hosts, code: ended } = running.recap;
  const code = recording.failed ? 1 : interrupted() ? 99 : ended;
  const seconds = (Date.now() - started) / 1000;
  emit({ type: "run ended", recap: hosts, code, seconds, ...(unfinished.length > 0 && { unfinished }) });
  recording.end();
  return recording.failed ? 1 : code;
}

/** Undefined if nobody wants to know. The keys of some queries are commands of a role, which can have secrets in them. */
function reportQuestions(emit: Emit, verbose = 0): TaskTargetsOptions["asked"] {
  if (verbose < 2) return undefined;
  return (host, questions, seconds) => {
    const shown = questions.map(([{ kind, runsCommands }, keys]) => ({
      kind,
      count: keys.length,
      ...(verbose > 2 && !runsCommands && { keys }),
    }));
    emit({ type: "asked", host, questions: shown, seconds });
  };
}

/** The names of handlers, taken from the journal's keys. */
const namesOf = (keys: ReadonlySet<string>): string[] => [...keys].map((key) => key.slice(key.indexOf("\0") + 1));

type PlaybookInput = RunInput & Required<Pick<RunInput, "stopping">> & { readonly inventory: GrowingInventory };

class PlaybookRun {
  readonly recap = new Recap();
  /** The failures that ended the run early. */
  stoppedBecause: string | undefined;
  readonly #input: PlaybookInput;
  readonly #context: RunContext;
  readonly #locks: Locks | undefined;
  readonly #noticed = new Set<string>();
  readonly #end = new AbortController();

  constructor(input: PlaybookInput) {
    this.#input = input;
    const { connect, options, inventory, answered, locks, stopping, cutOff } = input;
    const hosts = new LiveHosts(connect, options.forks);
    const emit: Emit = (event: RunEvent) => {
      this.recap.count(event);
      input.emit(event);
    };
    if (locks) this.#locks = new Locks(locks, { notice: (message) => emit({ type: "notice", message }), stopping });
    const abandoned = new AbortController();
    onAbort(cutOff, () => {
      this.#end.abort();
      setTimeout(() => abandoned.abort(), endPatience);
    });
    const played = new Map<string, HostPlay>();
    const tookOver = (host: string, owed: Owed | undefined): void => {
      const play = played.get(host);
      if (play) play.takeOver((own) => input.journal.agreeAgain(host, owed, own));
      else input.journal.keep(host, input.journal.agreeAgain(host, owed, new Set()));
    };
    this.#context = {
      input,
      played,
      emit,
      hosts,
      targets: new TaskTargets({
        inventory,
        hosts,
        check: options.check,
        answered,
        asked: reportQuestions(emit, options.verbose),
        locks: this.#locks,
        tookOver,
      }),
      facts: new Map(),
      registered: new Map(),
      grow: (addition, by) => {
        input.beforeAddition?.(addition, by);
        inventory.add(addition, by);
        input.located?.(inventory.target(addition.host), [inventory.host(addition.host).address]);
      },
      throttles: new Throttles(),
      ...(!options.check && { hostJournals: new HostJournals((message) => emit({ type: "notice", message })) }),
      ...(input.ask && { stepPrompt: new StepPrompt(input.ask) }),
      gone: new Set(),
      unreachable: new Set(),
      silent: new Set(),
      stopping,
      ended: sharedSignal(this.#end),
      abandoned: sharedSignal(abandoned),
      begun: false,
    };
  }

  /** Whether a host failed or is unreachable. */
  hasLost(host: string): boolean {
    return this.#context.gone.has(host);
  }

  async close(): Promise<void> {
    this.#end.abort();
    await Promise.race([this.#release(), this.#closedLongEnough()]);
  }

  async #release(): Promise<void> {
    await this.#context.hostJournals?.settled();
    await this.#locks?.release();
    await this.#context.hosts.close();
  }

  /** After an interruption, a host that is gone must not hold up the end. */
  async #closedLongEnough(): Promise<void> {
    await new Promise<void>((resolve) => onAbort(this.#input.cutOff, resolve));
    await sleep(closePatience);
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
    targets.startPlay(play.timeout);
    inventory.startPlay();
    let next: AfterBatch = "go on";
    for (const batch of serialBatches(hosts, serialOf(play, hosts, this.#input.variables))) {
      const turn = new Batch(play, batch, this.#context);
      next = await turn.play();
      if (next === "run ended") this.stoppedBecause = turn.stoppedBecause();
      if (next !== "go on") break;
    }
    emit({ type: "play ended", play: play.name, seconds: (Date.now() - started) / 1000 });
    return next !== "run ended";
  }
}
