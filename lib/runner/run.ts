import pLimit from "p-limit";
import type { Play, Playbook } from "../dsl/index.ts";
import type { Facts } from "../facts/types.ts";
import { readOnly } from "../connection/reader.ts";
import type { Target } from "../connection/types.ts";
import type { Host, LoadedInventory } from "../inventory/types.ts";
import type { Emit, RunEvent, TaskName } from "./events.ts";
import { Hosts, isUnreachable, type Connect, type LiveHost } from "./hosts.ts";
import type { ComingChange } from "./gate.ts";
import type { Journal } from "./journal.ts";
import { contextOf, hostsOf } from "./hosts-of.ts";
import { Locks, type LockOptions } from "./locks.ts";
import { Once } from "./once.ts";
import { keyOf, mergeOrder } from "./merge-order.ts";
import { nameOf, plan, type PlannedTask } from "./plan.ts";
import { reasonOf } from "./reason.ts";
import { Recap } from "./recap.ts";
import type { RunOptions } from "./options.ts";
import { Overlay } from "./overlay.ts";
import type { Answered } from "./states.ts";
import { Turns } from "./turns.ts";
import type { Variables } from "./variables.ts";
import { Walk, type WalkEnd, type WalkOptions } from "./walk.ts";

export interface RunInput {
  readonly id: string;
  readonly playbookName: string;
  readonly playbook: Playbook;
  readonly inventory: LoadedInventory;
  readonly variables: Variables;
  readonly options: RunOptions;
  readonly connect: Connect;
  readonly journal: Journal;
  readonly emit: Emit;
  /** True once the run shall end after the running steps. */
  readonly stopping?: () => boolean;
  /** How a real run keeps others away from the hosts that it changes; it does not where absent. */
  readonly locks?: LockOptions;
  /** Why a host must not be played on, though it is reached. */
  readonly refuses?: (host: string) => string | undefined;
  /** Comes before each change of a real run, and rejects where it must not be. */
  readonly allows?: (host: string, play: string, change: ComingChange) => Promise<void>;
  /** Is told what each host answered. */
  readonly answered?: (host: string, ...answer: Parameters<Answered>) => void;
}

/** Plays a playbook and gives Ansible's exit code: 0, 2 a host failed, 4 unreachable, 99 interrupted. */
export async function run(input: RunInput): Promise<number> {
  const started = Date.now();
  const running = new Running(input);
  const { options, id, playbookName, emit } = input;
  emit({ type: "run started", id, playbook: playbookName, check: options.check });
  for (const message of input.inventory.notices) emit({ type: "notice", message });
  try {
    for (const play of input.playbook) if (!(await running.play(play))) break;
  } finally {
    await running.close();
  }
  const code = input.stopping?.() ? 99 : running.recap.code;
  emit({ type: "run ended", recap: running.recap.hosts, code, seconds: (Date.now() - started) / 1000 });
  return code;
}

class Running {
  readonly recap = new Recap();
  readonly #input: RunInput;
  readonly #hosts: Hosts;
  readonly #gone = new Set<string>();
  readonly #unreachable = new Set<string>();
  readonly #noticed = new Set<string>();
  readonly #facts = new Map<string, Facts>();
  readonly #overlays = new Map<string, Overlay>();
  readonly #controllerOverlay = new Overlay();
  readonly #emit: Emit;
  readonly #locks: Locks | undefined;

  constructor(input: RunInput) {
    this.#input = input;
    this.#hosts = new Hosts(input.connect, input.options.forks);
    this.#emit = (event: RunEvent) => {
      this.recap.count(event);
      input.emit(event);
    };
    const { locks, options, stopping = () => false } = input;
    if (locks && !options.check)
      this.#locks = new Locks(locks, (message) => this.#emit({ type: "notice", message }), stopping);
  }

  async close(): Promise<void> {
    await this.#locks?.release();
    await this.#hosts.close();
  }

  #noticeOnce(message: string): void {
    if (!this.#noticed.has(message)) this.#emit({ type: "notice", message });
    this.#noticed.add(message);
  }

  /** False where the run shall not go on: interrupted, or nobody is left. */
  async play(play: Play): Promise<boolean> {
    const { inventory, options } = this.#input;
    const wantedHosts = hostsOf(play, inventory, options.limit, (message) =>
      this.#noticeOnce(`A play names what this inventory does not have: ${message}`),
    );
    const hosts = wantedHosts.filter(({ name }) => !this.#gone.has(name));
    if (hosts.length === 0) {
      const names = wantedHosts.map(({ name }) => name).join(", ");
      if (names !== "")
        this.#emit({ type: "notice", message: `PLAY [${play.name}] is left out: ${names} failed before` });
      return true;
    }
    const started = Date.now();
    this.#emit({ type: "play started", play: play.name, hosts: hosts.map(({ name }) => name) });
    let goOn = true;
    for (const batch of batches(hosts, play.serial)) {
      goOn = await this.#batch(play, batch);
      if (!goOn) break;
    }
    this.#emit({ type: "play ended", play: play.name, seconds: (Date.now() - started) / 1000 });
    return goOn;
  }

  async #batch(play: Play, batch: readonly Host[]): Promise<boolean> {
    const { inventory, variables, options } = this.#input;
    const live = new Map<Host, LiveHost>();
    await Promise.all(
      batch.map(async (host) => {
        const reached = await this.#reach(play, host);
        if (!reached) return;
        live.set(host, reached);
        this.#facts.set(host.name, reached.facts);
      }),
    );
    const factsOf = ({ name }: Host) => this.#facts.get(name);
    const plans = new Map<Host, PlannedTask[]>();
    for (const host of batch) {
      const facts = live.get(host)?.facts;
      if (!facts) continue;
      try {
        plans.set(host, plan(play, contextOf(variables, inventory, host, facts, factsOf), options));
      } catch (error) {
        this.#gone.add(host.name);
        this.#failedToStart(play, host, "Planning Tasks", reasonOf(error));
      }
    }
    if (play.anyErrorsFatal && batch.some((host) => !plans.has(host) && !this.#unreachable.has(host.name)))
      return false;
    this.#announce(play, plans);
    const limit = pLimit(options.forks);
    const turns = new Turns();
    const once = new Once([...plans.keys()].map(({ name }) => name));
    let fatal = false;
    const stopping = () => fatal || (this.#input.stopping?.() ?? false);
    const ends = await Promise.all(
      [...plans].map(([host, tasks]) =>
        limit(async () => {
          const outcome = await this.#walk(play, host, live.get(host), { tasks, turns, once, stopping });
          once.ended(host.name);
          if (play.anyErrorsFatal && outcome === "failed") fatal = true;
          return outcome;
        }),
      ),
    );
    if (play.anyErrorsFatal && ends.includes("failed")) return false;
    // Where a whole batch is lost by failures, all that builds on it is lost too; hosts that are not there are no reason.
    const failed = batch.filter(({ name }) => this.#gone.has(name) && !this.#unreachable.has(name));
    if (failed.length > 0 && batch.every(({ name }) => this.#gone.has(name))) return false;
    return !this.#input.stopping?.();
  }

  async #reach(play: Play, host: Host): Promise<LiveHost | undefined> {
    try {
      const target = this.#input.inventory.target(host.name);
      const live = await this.#hosts.reach(play.become && !target.become ? asRoot(target) : target);
      const refusal = this.#input.refuses?.(host.name);
      if (refusal === undefined) return live;
      this.#gone.add(host.name);
      this.#failedToStart(play, host, "Comparing with the plan", refusal);
      return undefined;
    } catch (error) {
      this.#gone.add(host.name);
      if (isUnreachable(error)) {
        this.#unreachable.add(host.name);
        this.#emit({ type: "unreachable", play: play.name, host: host.name, message: error.message });
      } else this.#failedToStart(play, host, "Gathering Facts", reasonOf(error));
      return undefined;
    }
  }

  #failedToStart(play: Play, host: Host, task: string, message: string): void {
    this.#emit({
      type: "task",
      play: play.name,
      host: host.name,
      role: "",
      id: "",
      task,
      handler: false,
      kind: "facts",
      label: host.name,
      outcome: "failed",
      differences: [],
      message,
      seconds: 0,
    });
  }

  #announce(play: Play, plans: ReadonlyMap<Host, readonly PlannedTask[]>): void {
    const names = new Map<string, TaskName[]>();
    for (const [host, tasks] of plans) {
      // What is done once is shown when the first host has done it.
      const shown = tasks.filter(({ task }) => !("meta" in task.does) && !(task.once && names.size > 0));
      names.set(host.name, shown.map(nameOf));
    }
    const tasks = mergeOrder([...names.values()]);
    const place = new Map(tasks.map((name, index) => [keyOf(name), index]));
    const hosts = Object.fromEntries(
      [...names].map(([host, own]) => [host, own.map((name) => place.get(keyOf(name)) ?? -1)]),
    );
    this.#emit({ type: "tasks", play: play.name, tasks, hosts });
  }

  async #walk(
    play: Play,
    host: Host,
    live: LiveHost | undefined,
    way: Pick<WalkOptions, "tasks" | "turns" | "once" | "stopping">,
  ): Promise<WalkEnd> {
    if (!live) return "unreachable";
    const { journal, options, allows, answered } = this.#input;
    const overlay = this.#overlays.get(host.name) ?? new Overlay();
    this.#overlays.set(host.name, overlay);
    const walk = new Walk({
      play: play.name,
      host: host.name,
      reader: readOnly(live.writer),
      answerer: options.check ? "forecast" : { writer: live.writer },
      ...way,
      diff: options.diff,
      emit: this.#emit,
      hostOverlay: overlay,
      controllerOverlay: this.#controllerOverlay,
      owed: journal.pending(host.name),
      remember: (pending) => journal.keep(host.name, pending),
      gate: async (change) => {
        await allows?.(host.name, play.name, change);
        await this.#locks?.before(change.steps, host.name, live);
      },
      ...(answered && { answered: (query, state) => answered(host.name, query, state) }),
    });
    const outcome = await walk.run();
    if (outcome === "failed" || outcome === "unreachable") this.#gone.add(host.name);
    if (outcome === "unreachable") this.#unreachable.add(host.name);
    return outcome;
  }
}

const asRoot = (target: Target): Target => {
  const { becomePassword: password } = target;
  return { ...target, become: { user: "root", ...(password !== undefined && { password }) } };
};

function batches(hosts: readonly Host[], serial: Play["serial"]): (readonly Host[])[] {
  const size = sizeOf(serial, hosts.length);
  const all: (readonly Host[])[] = [];
  for (let start = 0; start < hosts.length; start += size) all.push(hosts.slice(start, start + size));
  return all;
}

/** As Ansible counts: a percentage is rounded down, at least one host. */
function sizeOf(serial: Play["serial"], hosts: number): number {
  if (serial === undefined) return hosts;
  const size = typeof serial === "number" ? serial : Math.floor((hosts * Number.parseInt(serial, 10)) / 100);
  return Math.max(1, size);
}
