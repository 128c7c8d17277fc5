import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { Chain, Upload, Writer } from "../../connection/types.ts";
import { finishing, inlineLimit } from "../../connection/upload.ts";
import { NotRunError } from "../../errors.ts";
import { idOf, type Query } from "../../queries/define.ts";
import type { Progress, Step, UploadStep } from "../../tasks/resource.ts";
import type { AnyResource } from "../../tasks/task.ts";
import { markStale, settle, type Change } from "./change.ts";
import type { Evaluation } from "./compare.ts";
import { touched, type States } from "../state/states.ts";
import { takeStep, type StepOptions } from "./steps.ts";

/** Callbacks for the fate of one change. */
export interface ChangeCallbacks extends Pick<StepOptions, "report"> {
  /** The host runs its steps now. */
  readonly begins: () => { readonly progress: Progress; readonly stop: () => void };
  readonly made: (evaluation: Evaluation) => void;
  readonly failed: (error: unknown) => void;
  /** None of its steps ran, because an earlier change failed. */
  readonly notRun: () => void;
}

/** The task that follows the pipelined ones. */
export interface Next {
  /** Its needs, and those of the tasks after it. */
  readonly queries: () => readonly Query<unknown>[];
  /** Reports that it waits for its answers. */
  readonly watch: () => ReturnType<ChangeCallbacks["begins"]>;
  readonly stopping: () => boolean;
}

type File = Pick<Upload, "to">;

interface Sent extends ChangeCallbacks {
  readonly change: Change;
  /** The file of its last step, which is still to be brought to disk. */
  readonly file: File | undefined;
  answer: Promise<void>;
  progress: Progress;
}

/** The limits of one pipeline: an interrupted run ends after it. */
const most = { changes: 64, bytes: 1024 * 1024 };

/**
 * The changes in flight on one host. Independent changes are sent one after the other without waiting for the answers in
 * between, and the host stops at the first failure. Then everything they touched is asked in one write.
 */
export class Pipeline {
  readonly #writer: Writer;
  readonly #states: States;
  #chain = newChain();
  /** In the order of their tasks. A function reports a task that changes nothing. */
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

  /** Reports in the order of tasks. */
  inTurn(say: () => void): void {
    if (this.empty) say();
    else this.#entries.push(say);
  }

  /** Whether a task can be compared only after the changes in flight have been checked. */
  hasToSettle({ kind, together }: AnyResource, needs: readonly Query<unknown>[]): boolean {
    if (this.empty) return false;
    const [first] = this.#sent();
    if (!first) return false;
    const grouped = first.change.resource.together !== undefined;
    if (!grouped) return together !== undefined;
    const known = new Set(this.#needed().map(idOf));
    return kind !== first.change.resource.kind || needs.some((query) => known.has(idOf(query)));
  }

  /** The steps in a form that can be sent at once; undefined for a change that must run alone. */
  async sendable({ resource, steps, effects }: Change): Promise<readonly Step[] | undefined> {
    if (resource.waits || resource.judge) return undefined;
    if (!resource.together) {
      if (effects.includes("everything")) return undefined;
      if (this.#needed().some((query) => effects.some((effect) => touched(effect, query)))) return undefined;
    }
    const all = await Promise.all(steps.map(inMemory));
    return all.includes(undefined) ? undefined : all.filter((step) => step !== undefined);
  }

  add(change: Change, steps: readonly Step[], waiting: ChangeCallbacks): void {
    // An upload that is followed by other steps may be gone after them, such as an archive that is unpacked.
    const file = steps.slice(-1).find(isFinishedLater);
    const sendable = file ? [...steps.slice(0, -1), { ...file, finishedLater: true }] : steps;
    const answer = this.#send(sendable, {
      progress: (line) => {
        sent.progress(line);
      },
      report: waiting.report,
    });
    // It is awaited later, and may fail before that.
    answer.catch(() => undefined);
    const sent: Sent = { ...waiting, change, file, answer, progress: () => undefined };
    this.#entries.push(sent);
    // Changes that go out together are all compared with the state before the first.
    if (!change.resource.together) markStale(change, this.#states);
  }

  /** Waits for all answers, asks again, and reports each in order. The needs of `next` are asked in the same write. */
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
    // Tasks that run here for another host may have asked in between.
    for (const { change } of changes) markStale(change, this.#states);
    const needs = changes.flatMap(({ change }) => Object.values(change.needs));
    const lost = await this.#look(needs, failure ? undefined : next);
    for (const entry of ran) {
      if (typeof entry === "function") entry();
      else if (lost === undefined) this.#settle(entry);
      // Its steps ran, but their result cannot be read.
      else if (entry === changes.at(-1) && !failure) entry.failed(lost);
      else entry.made({ outcome: "changed", differences: entry.change.found, output: undefined });
    }
    failure?.entry.failed(failure.error);
  }

  /** Returns the error if the host cannot be asked. */
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

  /** Runs the common last steps. They are part of the last change: if they fail, it fails. */
  #finish(): void {
    const sent = this.#sent();
    const last = sent.at(-1);
    if (!last) return;
    if (last.change.resource.together) for (const { change } of sent) markStale(change, this.#states);
    const steps = lastOf(sent);
    if (steps.length === 0) return;
    const answer = this.#send(steps, {
      progress: (line) => {
        last.progress(line);
      },
      report: last.report,
    });
    answer.catch(() => undefined);
    last.answer = last.answer.then(() => answer);
    last.answer.catch(() => undefined);
  }

  /** Runs the common last steps after a chain that broke. */
  async #finishThose(ran: readonly (Sent | (() => void))[]): Promise<void> {
    // If that fails too, the host is lost or its disk full, which the reported failure says.
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

  async #send(steps: readonly Step[], { progress, report }: Pick<StepOptions, "progress" | "report">): Promise<void> {
    const environment = this.#environment;
    // Also after a step that failed before it reached the host.
    if (this.#failed) throw new NotRunError();
    // All of them at once: no await in between.
    const chain = this.#chain;
    const answers = steps.map((step) =>
      takeStep(this.#writer, step, {
        progress,
        chain,
        reads: "nothing",
        report,
        ...(environment && { environment }),
      }),
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

/** The common last steps of several changes: those that they ask for, and the sync of their files to disk. */
function lastOf(sent: readonly Sent[]): readonly string[] {
  const files = sent.flatMap(({ file }) => file ?? []);
  const together = sent.flatMap(({ change }) => change.last);
  return [...new Set(together), ...(files.length > 0 ? [finishing(files)] : [])];
}

interface ChainResult {
  readonly ran: (Sent | (() => void))[];
  readonly notRun: Sent[];
  readonly failure?: { readonly entry: Sent; readonly error: unknown };
}

/** Changes after a failure did not run and are not reported. */
async function answered(entries: readonly (Sent | (() => void))[]): Promise<ChainResult> {
  const ran: (Sent | (() => void))[] = [];
  const notRun: Sent[] = [];
  let failure: ChainResult["failure"];
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

/** Reads a small file of the controller into the step. Returns undefined for work on the controller and for large or late content. */
async function inMemory(step: Step): Promise<Step | undefined> {
  if (typeof step === "string" || "sh" in step) return step;
  if ("onController" in step || "overConnection" in step || typeof step.upload === "function") return undefined;
  const { upload } = step;
  if ("bytes" in upload) return upload.bytes.length <= inlineLimit ? step : undefined;
  const { size } = await stat(upload.file);
  return size <= inlineLimit ? { ...step, upload: { bytes: await readFile(upload.file) } } : undefined;
}

const isFinishedLater = (step: Step): step is UploadStep => typeof step === "object" && "upload" in step;

const sizeOf = (step: Step): number =>
  typeof step === "object" && "upload" in step && typeof step.upload === "object" && "bytes" in step.upload
    ? step.upload.bytes.length
    : 0;
