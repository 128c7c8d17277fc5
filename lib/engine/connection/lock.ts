import { setTimeout as sleep } from "node:timers/promises";
import { TaskError, TransientError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import type { Channel } from "./channel.ts";
import { watchScript, watchWords, type WantedLock } from "./lock-script.ts";
import type { Writer } from "./types.ts";

/** A place where a lock is wanted, through the connection that will hold it. */
export interface LockPlace {
  /** The name of the lock in messages: a host's name. */
  readonly name: string;
  readonly writer: Writer;
  readonly wanted: WantedLock;
  /** The last holder when the run first looked, as `lastHolderScript` prints it; undefined if it did not look. */
  readonly seen: string | undefined;
}

export interface Taken {
  readonly taken: true;
  /** The process id of the shell that holds it. */
  readonly pid: number;
  /** Since the run first looked, another may have changed what the lock protects. */
  readonly othersWereAtWork: boolean;
  /** What `thenRead` printed. */
  readonly read: string;
}

export interface NotTaken {
  readonly taken: false;
  readonly by: string;
  /** The holder is an ordinary user, and anyone could claim to be at work. */
  readonly isUnsure: boolean;
}

/** Rejects with UnreachableError, or with TaskError if the lock cannot be taken at all. */
export async function tryLock(place: LockPlace, options: Partial<WantedLock> = {}): Promise<Taken | NotTaken> {
  const { name, writer, wanted, seen } = place;
  if (!writer.tryLock) throw new Error(`the connection to ${writer.host} has no way to hold a lock`);
  const { stdout, stderr } = await writer.tryLock({ ...wanted, ...options });
  const [, word, rest = "", read = ""] = /^(taken|held|beside) ?(.*)\n?([^]*)$/m.exec(stdout) ?? [];
  if (word === undefined) throw new TaskError(`the lock on ${name} could not be taken: ${stderr.trim()}`);
  if (word !== "taken") return { taken: false, by: rest.trim() || "another run", isUnsure: word === "beside" };
  const [pid = ""] = rest.split(" ", 1);
  const last = rest.slice(pid.length + 1);
  const isOwn = last === `held ${wanted.holder}`;
  const isUnchanged = seen !== undefined && last === seen && !last.startsWith("held ");
  return { taken: true, pid: Number(pid), othersWereAtWork: !isOwn && !isUnchanged, read };
}

export interface Waiting {
  /** When to give up, as Date.now() counts. */
  readonly until: number;
  /** Called about once a second while another run holds it. */
  readonly waiting: (by: string) => void;
  /** Called before the run goes on although an ordinary user's run may be at work. */
  readonly beside: (by: string) => void;
  readonly stopping: () => boolean;
}

/** Seconds that one try waits on the host. */
const look = 1;

/**
 * Waits for a lock that another run has. Rejects with TransientError if that takes too long. It does not wait longer for
 * ordinary users: anyone could keep it waiting for ever.
 */
export async function waitForLock(place: LockPlace, first: NotTaken, options: Waiting): Promise<Taken> {
  const { until, waiting, beside, stopping } = options;
  let tried: Taken | NotTaken = first;
  while (!tried.taken) {
    const { by, isUnsure } = tried;
    const refused = (why: string) => new TransientError(`${place.name} is locked by ${by}${why}`);
    if (stopping()) throw refused("; the run was interrupted while it waited");
    if (Date.now() >= until) {
      if (!isUnsure) throw refused(tooLong);
      beside(by);
      tried = await tryLock(place, { besideOthers: true });
      continue;
    }
    waiting(by);
    const began = Date.now();
    tried = await tryLock(place, { wait: look });
    if (!tried.taken) await sleep(Math.max(0, Math.min(look * 1000, until - began) - (Date.now() - began)));
  }
  return { ...tried, othersWereAtWork: true };
}

const tooLong =
  ", and the time to wait is over. Run again when that run has ended, or wait longer for it: --lock-timeout SECONDS";

/** Tells a host that this run is alive, or that it is done with the lock. */
export interface Watch {
  beat(): void;
  end(): void;
}

/**
 * Has the host end the shell that holds the lock if the run stays silent. Without it, an idle shell would live as long
 * as the host believes in a connection that is gone: for hours.
 */
export function watch(writer: Writer, pid: number): Watch {
  // A host with no channel left for it ends the shell when it notices by itself.
  const opened = writer.attach?.(`sh -c ${quote(watchScript(pid))}`).then(quiet, () => undefined);
  return {
    beat: () => void opened?.then((channel) => channel?.stdin.write(watchWords.beat)),
    end: () => void opened?.then((channel) => channel?.stdin.end(watchWords.end)),
  };
}

function quiet(channel: Channel): Channel {
  channel.stdin.on("error", () => undefined);
  channel.stdout.resume();
  channel.stderr.resume();
  return channel;
}
