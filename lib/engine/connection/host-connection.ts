import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { quote } from "../shell/quote.ts";
import { endChannel, type Channel, type OpenChannel } from "./channel.ts";
import { unlessInterrupted } from "./interruption.ts";
import { openAs, type Opened } from "./open-as.ts";
import { freeScript, keepScript, takeScript, type WantedLock } from "./lock-script.ts";
import { defaultTimeout, Session } from "./session.ts";
import { began, endSignal, releasing } from "./shell-functions.ts";
import type { Become } from "./become.ts";
import type { Chain, Result, CommandOptions, LockState, Upload, Writer } from "./types.ts";
import { uploadFile } from "./upload.ts";

/** Milliseconds to wait until a hung command is killed on the host. */
const killPatience = 5000;
/**
 * How much longer than for a shell a host may need to say whether a lock is free. All hosts that are locked together wait
 * for the slowest.
 */
const lockFactor = 3;
/** Seconds of new tries after a lost connection. */
const usualReconnectTimeout = 600;
/** Milliseconds between two attempts to reconnect. */
const pause = 1000;

/** The transport to a host. */
export interface Line {
  readonly open: OpenChannel;
  readonly end: () => Promise<void>;
  /** Connects from the host to a port at an address. */
  readonly forward?: (address: string, port: number) => Promise<Duplex>;
  /** Why it was lost, if known. */
  readonly lostBecause?: () => string | undefined;
}

export interface ConnectionOptions {
  readonly become?: Become | undefined;
  /** Seconds to wait for a shell. */
  readonly patience: number;
  readonly local?: boolean;
  /** Seconds of new tries after a lost connection. */
  readonly reconnectTimeout?: number | undefined;
  /** Seconds until a command counts as hung, if it does not say otherwise. */
  readonly timeout?: number | undefined;
  /** Once aborted, running commands and uploads are ended, and no others begin. */
  readonly interrupted?: AbortSignal | undefined;
  /** Opens a new line. Rejects with UnreachableError. */
  readonly redial?: () => Promise<Line>;
}

/**
 * Reads have a shell of their own: none waits for a long change, and no program that a change left running prints into
 * an answer.
 */
type Purpose = "asking" | "changing";

/**
 * A host reached over any kind of channel. All commands of a purpose share one shell, which is replaced after a command
 * that hung.
 */
export class HostConnection implements Writer {
  readonly host: string;
  readonly local: boolean;
  readonly #options: ConnectionOptions;
  #line: Line;
  readonly #shells = new Map<Purpose, Promise<Session>>();
  readonly #endings = new Set<Promise<void>>();
  #lock: { readonly shell: Session; readonly wanted: WantedLock; readonly pid: number } | undefined;

  constructor(host: string, line: Line, options: ConnectionOptions) {
    this.host = host;
    this.local = options.local ?? false;
    this.#line = line;
    this.#options = options;
  }

  async read(script: string, options?: CommandOptions): Promise<Result> {
    return (await this.#shell("asking")).run(script, options);
  }

  async run(script: string, options?: CommandOptions): Promise<Result> {
    return (await this.#shell("changing")).run(script, options);
  }

  async upload(upload: Upload, chain?: Chain): Promise<void> {
    const { interrupted, timeout = defaultTimeout } = this.#options;
    await uploadFile(
      {
        run: (script) => this.run(script, { timeout: upload.timeout, ...(chain && { chain }) }),
        host: this.host,
        open: (program) => this.attach(program),
        timeout: upload.timeout ?? timeout,
        interrupted,
        ...(this.#lock && { keepsLock: keepScript(this.#lock.wanted, this.#lock.pid) }),
      },
      upload,
    );
  }

  async tryLock(wanted: WantedLock): Promise<Result> {
    const shell = await this.#shell("changing");
    const timeout = (wanted.wait ?? 0) + lockFactor * this.#options.patience;
    const result = await shell.runInShell(takeScript(wanted), { timeout });
    const [, pid] = /^taken (\d+)/m.exec(result.stdout) ?? [];
    if (pid !== undefined) this.#lock = { shell, wanted, pid: Number(pid) };
    return result;
  }

  async unlock(): Promise<void> {
    const shell = await this.#shells.get("changing")?.catch(() => undefined);
    this.#lock = undefined;
    if (shell?.usable) await shell.runInShell(freeScript);
  }

  get lockState(): LockState {
    if (!this.#lock) return "none";
    return this.#lock.shell.usable ? "held" : "lost";
  }

  attach(program: string): Promise<Channel> {
    return this.#attach(program, endProgram);
  }

  forward(address: string, port: number): Promise<Duplex> {
    const { forward } = this.#line;
    return forward ? forward(address, port) : Promise.reject(new Error("this connection carries no others"));
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#shells.values()].map(async (started) => {
        const shell = await started.catch(() => undefined);
        if (shell?.usable) await shell.close();
      }),
    );
    // A run that failed because a command hung must not leave that command behind.
    await Promise.all(this.#endings);
    await this.#line.end();
  }

  async reconnect(seconds = this.#options.reconnectTimeout ?? usualReconnectTimeout): Promise<void> {
    const giveUp = Date.now() + seconds * 1000;
    this.#shells.clear();
    this.#lock = undefined;
    await this.#line.end();
    const { redial } = this.#options;
    while (redial)
      try {
        this.#line = await redial();
        return;
      } catch (error) {
        if (Date.now() >= giveUp) throw error;
        await unlessInterrupted(() => sleep(pause), this.#options.interrupted);
      }
  }

  async #shell(purpose: Purpose): Promise<Session> {
    const known = this.#shells.get(purpose);
    if (known && !(await known).usable && this.#shells.get(purpose) === known) this.#shells.delete(purpose);
    const shell = this.#shells.get(purpose) ?? this.#start();
    this.#shells.set(purpose, shell);
    return shell;
  }

  async #start(): Promise<Session> {
    const { interrupted, timeout } = this.#options;
    const channel = await this.#attach("sh", endShell);
    const { lostBecause } = this.#line;
    return new Session(this.host, channel, {
      ...(lostBecause && { lostBecause }),
      onHeld: (waits) => this.#untilClosed(this.#beside(releasing(waits))),
      interrupted,
      timeout,
    });
  }

  async #attach(program: string, end: (pid: number) => string): Promise<Channel> {
    const { channel, pid } = await unlessInterrupted(() => this.#openAs(program), this.#options.interrupted);
    return { ...channel, kill: () => this.#end(channel, pid, end(pid)) };
  }

  /** Ends a process that hangs, and its children on the host. */
  #end(channel: Channel, pid: number, script: string): void {
    // The next change takes the lock again.
    if (this.#lock?.pid === pid) this.#lock = undefined;
    this.#untilClosed(this.#beside(script).finally(() => channel.kill()));
  }

  /** `close` waits for this work. */
  #untilClosed(work: Promise<void>): void {
    const ending = work.finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  /** Runs a script on a channel of its own, as the shells are busy. */
  async #beside(script: string): Promise<void> {
    const opening = this.#openAs(`sh -c ${quote(script)} 2>/dev/null`).catch(() => undefined);
    const opened = await Promise.race([opening, sleep(killPatience, undefined, { ref: false })]);
    if (!opened) return;
    const { channel } = opened;
    channel.stdout.resume();
    channel.stderr.resume();
    await endChannel(channel, killPatience);
  }

  #openAs(program: string): Promise<Opened> {
    return openAs(this.host, this.#line.open, program, this.#options);
  }
}

/** Ends a program and its children, which would outlive its channel. */
const endProgram = (pid: number): string => `${below}\n${ended(`$(tree ${String(pid)})`)}`;

/** Ends what a shell runs, and the shell last: if it has the lock, it keeps it until then. */
const endShell = (pid: number): string => `${below}
all=$(below ${String(pid)})
kill -${endSignal} ${String(pid)}
${ended(`$all $(below ${String(pid)})`)}
all=$(tree ${String(pid)})
kill -KILL $(left)`;

/**
 * Prints the processes below one, each with its start time, and those of them that are left. A process comes before its
 * children: a script whose command ends first would begin the next one.
 */
const below = `${began}
below() { for child in $(cat /proc/$1/task/*/children); do tree $child; done; }
tree() { began $1; [ -z "$at" ] || echo $1=$at; below $1; }
left() { for one in $all; do began \${one%=*}; [ "$at" != "\${one#*=}" ] || echo \${one%=*}; done; }`;

/** Those that are left after four seconds are killed. */
const ended = (processes: string): string => `all="${processes}"
kill -TERM $(left)
for _ in $(seq 40); do [ "$(left)" ] || break; sleep 0.1; done
[ -z "$(left)" ] || kill -KILL $(left)`;
