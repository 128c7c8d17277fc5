import { randomBytes } from "node:crypto";
import type { Reader } from "../../connection/types.ts";
import { TaskError, UnreachableError } from "../../errors.ts";
import {
  idOf,
  isHostQuery,
  type ControllerQuery,
  type HostQuery,
  type Query,
  type QueryKind,
  type WaitOptions,
} from "../../queries/define.ts";
import { lastLines, unknown, type Effect } from "../../tasks/resource.ts";
import { AnswerTable } from "./answer-table.ts";
import { isBelow, Overlay } from "./overlay.ts";

/** Called with each answer of a host or the controller; never with a forecast. */
export type OnAnswer = (query: Query<unknown>, state: unknown) => void;

/** What a host is asked by one kind of query. */
export type Questions = readonly [kind: HostQuery<unknown>, keys: readonly string[]];

export interface StatesOptions {
  /** Other states of the same host: a change makes their answers stale too. */
  readonly peers?: Set<States>;
  /** The states of all hosts of a play: a change on the controller concerns each of them. */
  readonly everyone?: Set<States>;
  readonly answered?: OnAnswer;
  /** Called with each command that asked the host, and the seconds that it took. */
  readonly asked?: ((questions: readonly Questions[], seconds: number) => void) | undefined;
  /** In a check, of a user that an earlier task would make: the host cannot be asked, and what it has not is unknown. */
  readonly toCome?: boolean;
}

type IsStale = (query: Query<unknown>) => boolean;

/** The known states of one host in one play: answers by query, under an overlay of forecasts. */
export class States {
  readonly #answers = new AnswerTable();
  readonly #reader: Reader;
  readonly #hostOverlay: Overlay;
  readonly #controllerOverlay: Overlay;
  readonly #peers: Set<States>;
  readonly #everyone: Set<States>;
  readonly #answered: OnAnswer | undefined;
  readonly #asked: StatesOptions["asked"];
  readonly #toCome: boolean;
  /** Each question in flight, and what was forgotten since it was sent: its answer may be older than that. */
  readonly #inFlight = new Set<IsStale[]>();
  #epoch = 0;

  constructor(reader: Reader, hostOverlay: Overlay, controllerOverlay: Overlay, batch: StatesOptions = {}) {
    this.#reader = reader;
    this.#hostOverlay = hostOverlay;
    this.#controllerOverlay = controllerOverlay;
    this.#peers = (batch.peers ?? new Set<States>()).add(this);
    this.#everyone = (batch.everyone ?? new Set<States>()).add(this);
    this.#answered = batch.answered;
    this.#asked = batch.asked;
    this.#toCome = batch.toCome ?? false;
  }

  has(query: Query<unknown>): boolean {
    if (this.#toCome && isHostQuery(query.of)) return true;
    return this.#answers.get(query) !== undefined || this.#overlayOf(query).of(query) !== undefined;
  }

  get(query: Query<unknown>): unknown {
    const overlay = this.#overlayOf(query);
    const forecast = overlay.of(query);
    if (forecast) return forecast.state;
    if (this.#toCome && isHostQuery(query.of)) return unknown;
    const known = this.#answers.get(query);
    if (!known) throw new Error(`${query.of.kind} ${query.key}: read before it was asked`);
    if (known.state instanceof TaskError) throw known.state;
    return overlay.after(query, known.state);
  }

  /**
   * Asks the unknown queries: one write for all queries of the host, whatever their kinds. Queries that are asked `ahead`
   * for later tasks may fail: those tasks ask again and report the failure.
   */
  async ask(
    queries: readonly Query<unknown>[],
    ahead: readonly Query<unknown>[] = [],
    wait?: WaitOptions,
  ): Promise<void> {
    const failure = await this.#try([...queries, ...ahead], wait);
    if (failure && (failure instanceof UnreachableError || ahead.length === 0)) throw failure;
    // Also if the answers were stale when they arrived.
    if (!queries.every((query) => this.has(query))) await this.ask(queries, [], wait);
  }

  /** Keeps every answer and returns the first error. */
  async #try(queries: readonly Query<unknown>[], wait?: WaitOptions): Promise<Error | undefined> {
    const missing = new Map(queries.filter((query) => !this.has(query)).map((query) => [idOf(query), query]));
    const ofHost: [HostQuery<unknown>, string[]][] = [];
    const ofController: [ControllerQuery<unknown>, string[]][] = [];
    for (const [kind, group] of byKind([...missing.values()])) {
      const keys = group.map((query) => query.key);
      if (isHostQuery(kind)) ofHost.push([kind, keys]);
      else ofController.push([kind, keys]);
    }
    const stale: IsStale[] = [];
    this.#inFlight.add(stale);
    const ended = await Promise.allSettled([
      this.#askHost(ofHost, wait?.timeout, stale),
      ...ofController.map(async ([kind, keys]) => this.#store(kind, keys, await kind.get(keys, wait), stale)),
    ]);
    this.#inFlight.delete(stale);
    return ended.flatMap((end) => (end.status === "rejected" ? [asError(end.reason)] : []))[0];
  }

  async #askHost(asked: readonly Questions[], timeout: number | undefined, stale: readonly IsStale[]): Promise<void> {
    if (asked.length === 0) return;
    const separator = `kubeplay-${randomBytes(12).toString("hex")}`;
    const script = asked.map(([kind, keys]) => `(\n${kind.ask(keys)}\n)\nprintf '\\n%s\\n' ${separator}`).join("\n");
    const started = Date.now();
    const { stdout, stderr, code } = await this.#reader.read(script, { timeout });
    this.#asked?.(asked, (Date.now() - started) / 1000);
    const answers = stdout.split(`\n${separator}\n`);
    if (answers.length !== asked.length + 1)
      throw new TaskError(`The host's state could not be read (exit code ${code}): ${lastLines(stderr)}`);
    const errors = asked.flatMap(([kind, keys], index) => {
      try {
        this.#store(kind, keys, parsed(kind, answers[index] ?? "", keys, stderr), stale);
        return [];
      } catch (error) {
        return [asError(error)];
      }
    });
    if (errors[0]) throw errors[0];
  }

  #store(
    kind: QueryKind<unknown>,
    keys: readonly string[],
    answers: ReadonlyMap<string, unknown>,
    stale: readonly IsStale[],
  ): void {
    for (const key of keys) {
      if (!answers.has(key)) throw new TaskError(`No answer to: ${kind.kind} ${key}`);
      const query = { of: kind, key };
      if (stale.some((isStale) => isStale(query))) continue;
      const state = answers.get(key);
      this.#answers.keep(query, state);
      if (!(state instanceof TaskError)) this.#answered?.(query, state);
    }
  }

  /**
   * After a change: forgets the states it needs, those it touches, and all volatile ones. If the host is the controller
   * itself, work on either is seen by the queries of both.
   */
  changed(
    needs: readonly Query<unknown>[],
    effects: readonly Effect[],
    {
      onController = false,
      reachesController = onController,
    }: { readonly onController?: boolean; readonly reachesController?: boolean } = {},
  ): void {
    for (const one of this.#peers) one.#forget(needs, effects, onController);
    if (!reachesController && this.#reader.local !== true) return;
    for (const one of this.#everyone) if (!this.#peers.has(one)) one.#forgetKinds((kind) => !isHostQuery(kind));
  }

  /** After a wait for other hosts, whose work can change volatile states and the controller. */
  othersWereAtWork(): void {
    this.#forgetKinds((kind) => kind.volatile === true || !isHostQuery(kind));
  }

  /** Whether the host is the controller itself. */
  get isLocal(): boolean {
    return this.#reader.local === true;
  }

  /** How often another run was found to have been at work. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Another run was at work on the host. */
  tookOver(): void {
    for (const one of this.#peers) one.#epoch += 1;
    this.forget();
  }

  /** Of all hosts: another run may have worked on the controller. */
  tookOverController(): void {
    for (const one of this.#everyone) {
      if (one.#reader.local === true) one.#epoch += 1;
      one.#forgetKinds((kind) => !isHostQuery(kind) || one.#reader.local === true);
    }
  }

  /** After a failure, which may have changed anything. */
  forget(): void {
    for (const one of this.#peers) {
      one.#answers.clear();
      one.#markStale(() => true);
    }
  }

  #forget(needs: readonly Query<unknown>[], effects: readonly Effect[], onController: boolean): void {
    for (const query of needs) this.#forgetTouched({ query, state: unknown });
    const isLocal = this.#reader.local === true;
    this.#forgetKinds((kind) => kind.volatile === true || (isLocal && isHostQuery(kind) === onController));
    for (const effect of effects) this.#forgetTouched(effect);
  }

  #forgetTouched(effect: Effect): void {
    if (effect === "everything") this.#answers.forgetKinds(isHostQuery);
    else if ("query" in effect) this.#answers.forget(effect.query);
    else if ("below" in effect) this.#answers.forgetBelow(effect.below);
    else this.#answers.forgetKinds(({ kind }) => kind === effect.kind);
    this.#markStale((query) => touched(effect, query));
  }

  #forgetKinds(isStale: (kind: QueryKind<unknown>) => boolean): void {
    this.#answers.forgetKinds(isStale);
    this.#markStale(({ of }) => isStale(of));
  }

  #markStale(isStale: IsStale): void {
    for (const stale of this.#inFlight) stale.push(isStale);
  }

  /** In a check: records the states that a change would leave. */
  forecast(effects: readonly Effect[]): void {
    for (const effect of effects)
      (typeof effect === "object" && "query" in effect ? this.#overlayOf(effect.query) : this.#hostOverlay).add(effect);
  }

  /** In a check: whether what the host does not have will certainly be missing. */
  get missingIsCertain(): boolean {
    return !this.#hostOverlay.open;
  }

  /** In a check: whether no change of this host is predicted. */
  get isAsNow(): boolean {
    return this.#hostOverlay.isEmpty;
  }

  #overlayOf(query: Query<unknown>): Overlay {
    return isHostQuery(query.of) ? this.#hostOverlay : this.#controllerOverlay;
  }
}

function byKind(queries: readonly Query<unknown>[]): Map<QueryKind<unknown>, Query<unknown>[]> {
  const kinds = new Map<QueryKind<unknown>, Query<unknown>[]>();
  for (const query of queries) {
    const group = kinds.get(query.of);
    if (group) group.push(query);
    else kinds.set(query.of, [query]);
  }
  return kinds;
}

/** Whether an effect concerns this query. */
export function touched(effect: Effect, query: Query<unknown>): boolean {
  if (effect === "everything") return isHostQuery(query.of);
  if ("query" in effect) return idOf(effect.query) === idOf(query);
  return "below" in effect ? isBelow(query, effect.below) : effect.kind === query.of.kind;
}

export const isUnknown = (state: unknown): boolean => state === unknown;

function parsed(kind: HostQuery<unknown>, answer: string, keys: readonly string[], stderr: string) {
  try {
    return kind.parse(answer, keys);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TaskError(`The answer about ${kind.kind} could not be read: ${reason} ${lastLines(stderr)}`.trim());
  }
}

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
