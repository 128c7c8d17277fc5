import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { Chain, Upload, Writer } from "../../connection/types.ts";
import { canBeFinishedLater, finishing, inlineLimit } from "../../connection/upload.ts";
import { NotRunError } from "../../errors.ts";
import { idOf, type Query } from "../../queries/define.ts";
import type { Progress, Step, UploadStep } from "../../tasks/resource.ts";
import type { AnyResource } from "../../tasks/task.ts";
import { madeStale, settle, type Change, type Evaluation } from "./evaluate.ts";
import { touched, type States } from "../state/states.ts";
import { takeStep } from "./steps.ts";

/** Who is told what becomes of a change. */
export interface Waiting {
  /** The host takes its steps now. */
  readonly begins: () => { readonly progress: Progress; readonly stop: () => void };
  readonly made: (evaluation: Evaluation) => void;
  readonly failed: (error: unknown) => void;
  /** None of its steps was taken, because one before it failed. */
  readonly notRun: () => void;
}

/** The task that comes after what is under way. */
export interface Next {
  /** What it needs, and what those ahead of it do. */
  readonly queries: () => readonly Query<unknown>[];
  /** Says that it waits for its answers. */
  readonly watch: () => ReturnType<Waiting["begins"]>;
  readonly stopping: () => boolean;
}

type File = Pick<Upload, "to" | "mode">;

interface Sent extends Waiting {
  readonly change: Change;
  /** What it puts in place last, and has to be finished. */
  readonly file: File | undefined;
  answer: Promise<void>;
  progress: Progress;
}

/** So much may be under way on one host: a run that is interrupted ends after it. */
const most = { changes: 64, bytes: 1024 * 1024 };

/**
 * The changes under way on one host. Those that need nothing of each other go out one after the other, without waiting for
 * the answers in between; the host stops at the first that fails. Then all they touched is asked in one write.
 */
export class Pipeline {
  readonly #writer: Writer;
  readonly #states: States;
  #chain = newChain();
  /** In the order of their tasks; a function says something of a task that changes nothing. */
  #entries: (Sent | (() => void))[] = [];
  #bytes = 0;
  #failed = false;

  readonly #environment: Readonly<Record<string, string>> | undefined;

  constructor(writer: Writer, states: States, environment?: Readonly<Record<string, string>>) {
    this.#writer = writer;
    this.#states = states;
    this.#environment = environment;
  }

  get empty(): boolean {
    return this.#entries.length === 0;
  }

  get full(): boolean {
    return this.#entries.length >= most.changes || this.#bytes >= most.bytes;
  }

  /** Says it in its turn. */
  inTurn(say: () => void): void {
    if (this.empty) say();
    else this.#entries.push(say);
  }

  /** Whether a task must not be compared before all that is under way has been looked at. */
  hasToSettle({ kind, together }: AnyResource, needs: readonly Query<unknown>[]): boolean {
    if (this.empty) return false;
    const [first] = this.#sent();
    if (!first) return false;
    const grouped = first.change.resource.together !== undefined;
    if (!grouped) return together !== undefined;
    const known = new Set(this.#needed().map(idOf));
    return kind !== first.change.resource.kind || needs.some((query) => known.has(idOf(query)));
  }

  /** The steps as they can be sent at once; undefined for a change that has to be alone. */
  async sendable({ resource, steps, effects }: Change): Promise<readonly Step[] | undefined> {
    if (resource.waits || resource.judge) return undefined;
    if (!resource.together) {
      if (effects.includes("everything")) return undefined;
      if (this.#needed().some((query) => effects.some((effect) => touched(effect, query)))) return undefined;
    }
    const all = await Promise.all(steps.map(inMemory));
    return all.includes(undefined) ? undefined : all.filter((step) => step !== undefined);
  }

  add(change: Change, steps: readonly Step[], waiting: Waiting): void {
    // What a change goes on with may be gone once it is done, such as an archive that it unpacked.
    const file = steps.slice(-1).find(isFinishedLater);
    const sendable = file ? [...steps.slice(0, -1), { ...file, finishedLater: true }] : steps;
    const answer = this.#send(sendable, (line) => {
      sent.progress(line);
    });
    // It is waited for later, and may fail before that.
    answer.catch(() => undefined);
    const sent: Sent = { ...waiting, change, file, answer, progress: () => undefined };
    this.#entries.push(sent);
    // Of those that go out together each is compared with what was there before the first.
    if (!change.resource.together) madeStale(change, this.#states);
  }

  /** Waits for all answers and looks again; what is needed `next` is asked in the same write. Tells each, in order. */
  async flush(next?: Next): Promise<void> {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#finish();
    const { ran, notRun, failure } = await answered(entries);
    if (failure) await this.#finishThose(ran);
    for (const entry of notRun) entry.notRun();
    this.#entries = [];
    this.#bytes = 0;
    this.#failed = false;
    this.#chain = newChain();
    const changes = ran.filter((entry) => typeof entry === "object");
    // Others may have looked in between: tasks that are done here for another host.
    for (const { change } of changes) madeStale(change, this.#states);
    const needs = changes.flatMap(({ change }) => Object.values(change.needs));
    const lost = await this.#look(needs, failure ? undefined : next);
    for (const entry of ran) {
      if (typeof entry === "function") entry();
      else if (lost === undefined) this.#settle(entry);
      // Its steps were taken, and nobody can look at what they did.
      else if (entry === changes.at(-1) && !failure) entry.failed(lost);
      else entry.made({ outcome: "changed", differences: entry.change.found, output: undefined });
    }
    failure?.entry.failed(failure.error);
  }

  /** Gives the error where the host cannot be asked. */
  async #look(needs: readonly Query<unknown>[], next: Next | undefined): Promise<unknown> {
    if (needs.every((query) => this.#states.has(query))) return undefined;
    const watch = next?.watch();
    const wait = next && watch && { progress: watch.progress, stopping: next.stopping };
    try {
      while (!needs.every((query) => this.#states.has(query)))
        await this.#states.ask(needs, next?.queries() ?? [], wait);
      return undefined;
    } catch (error) {
      return error;
    } finally {
      watch?.stop();
    }
  }

  /** What comes once after changes that went out one after the other: the last of them answers for it. */
  #finish(): void {
    const sent = this.#sent();
    const last = sent.at(-1);
    if (!last) return;
    if (last.change.resource.together) for (const { change } of sent) madeStale(change, this.#states);
    const steps = lastOf(sent);
    if (steps.length === 0) return;
    const answer = this.#send(steps, (line) => {
      last.progress(line);
    });
    answer.catch(() => undefined);
    last.answer = last.answer.then(() => answer);
    last.answer.catch(() => undefined);
  }

  /** The chain broke before it came to what it ends with. */
  async #finishThose(ran: readonly (Sent | (() => void))[]): Promise<void> {
    // Where that fails too, the host is lost or its disk full: the failure that is told says so.
    for (const step of lastOf(ran.filter((entry) => typeof entry === "object")))
      await this.#writer.run(step).catch(() => undefined);
  }

  #settle({ change, made, failed }: Sent): void {
    try {
      made(settle(change, this.#states, []));
    } catch (error) {
      failed(error);
    }
  }

  async #send(steps: readonly Step[], progress: Progress): Promise<void> {
    const environment = this.#environment;
    // Also after one that failed before it came to the host.
    if (this.#failed) throw new NotRunError();
    // All of them now: no await in between.
    const chain = this.#chain;
    const answers = steps.map((step) =>
      takeStep(this.#writer, step, { progress, chain, ...(environment && { environment }) }),
    );
    for (const answer of answers) answer.catch(() => (this.#failed = true));
    for (const step of steps) this.#bytes += sizeOf(step);
    for (const answer of answers) await answer;
  }

  #needed(): Query<unknown>[] {
    return this.#sent().flatMap(({ change }) => Object.values(change.needs));
  }

  #sent(): Sent[] {
    return this.#entries.filter((entry) => typeof entry === "object");
  }
}

const newChain = (): Chain => ({ id: randomBytes(6).toString("hex"), broken: false, closed: false });

/** What comes once after several changes: what they ask for, and what brings their files to the disk. */
function lastOf(sent: readonly Sent[]): readonly string[] {
  const files = sent.flatMap(({ file }) => file ?? []);
  const together = sent.flatMap(({ change }) => change.last);
  return [...new Set(together), ...(files.length > 0 ? [finishing(files)] : [])];
}

interface Answered {
  readonly ran: (Sent | (() => void))[];
  readonly notRun: Sent[];
  readonly failure?: { readonly entry: Sent; readonly error: unknown };
}

/** What comes after a failure was not run, and nothing is told of it. */
async function answered(entries: readonly (Sent | (() => void))[]): Promise<Answered> {
  const ran: (Sent | (() => void))[] = [];
  const notRun: Sent[] = [];
  let failure: Answered["failure"];
  for (const entry of entries) {
    if (typeof entry === "function") {
      if (!failure) ran.push(entry);
      continue;
    }
    const { progress, stop } = entry.begins();
    entry.progress = progress;
    try {
      await entry.answer;
      ran.push(entry);
    } catch (error) {
      if (error instanceof NotRunError) notRun.push(entry);
      else failure ??= { entry, error };
    } finally {
      stop();
    }
  }
  return { ran, notRun, ...(failure && { failure }) };
}

/** A small file of the controller is read here. What is made late, large, or done on the controller cannot be sent yet. */
async function inMemory(step: Step): Promise<Step | undefined> {
  if (typeof step === "string" || "sh" in step) return step;
  if ("onController" in step || "overConnection" in step || typeof step.upload === "function") return undefined;
  const { upload } = step;
  if ("bytes" in upload) return upload.bytes.length <= inlineLimit ? step : undefined;
  const { size } = await stat(upload.file);
  return size <= inlineLimit ? { ...step, upload: { bytes: await readFile(upload.file) } } : undefined;
}

const isFinishedLater = (step: Step): step is UploadStep =>
  typeof step === "object" && "upload" in step && canBeFinishedLater(step);

const sizeOf = (step: Step): number =>
  typeof step === "object" && "upload" in step && typeof step.upload === "object" && "bytes" in step.upload
    ? step.upload.bytes.length
    : 0;
