import { randomBytes } from "node:crypto";
import { InterruptedError, NotRunError, PlayError, TaskError, UnreachableError } from "../errors.ts";
import { exported } from "../shell/exported.ts";
import { pathFunctions } from "../shell/paths.ts";
import { quote } from "../shell/quote.ts";
import { described, endChannel, type Channel, type Exit } from "./channel.ts";
import { Frames, released } from "./frames.ts";
import { onAbort } from "./interruption.ts";
import { Output } from "./output.ts";
import { shellFunctions } from "./shell-functions.ts";
import type { Chain, Result, CommandOptions } from "./types.ts";

export interface SessionOptions {
  /** Why the underlying connection was lost, if known. */
  readonly lostBecause?: () => string | undefined;
  /** Once aborted, the running command is given up, and no other is accepted. */
  readonly interrupted?: AbortSignal | undefined;
  /** Seconds until a command counts as hung. */
  readonly timeout?: number | undefined;
  /** Called if a program that a command left running keeps the command's pipes open, and the shell waits for them. */
  readonly onHeld?: (waits: number) => void;
  /** Bytes of output that one command may print. */
  readonly limit?: number;
}

interface Pending {
  readonly output: Output;
  readonly timeout: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  readonly chain: Chain | undefined;
  timer?: NodeJS.Timeout;
}

/** Seconds. */
export const defaultTimeout = 600;
const defaultLimit = 64 * 1024 * 1024;
/** Seconds for a shell to end by itself when the session is closed. */
const grace = 4;

/** Milliseconds for the pipes of a command to close after its end. */
const closing = 300;

/**
 * One long-lived shell. Each command runs in a subshell, so that neither `exit` nor a syntax error nor a variable
 * outlives it. Commands may be sent before earlier ones have answered; the shell runs them in order.
 */
export class Session {
  readonly #host: string;
  readonly #channel: Channel;
  readonly #options: SessionOptions;
  readonly #nonce = randomBytes(16).toString("hex");
  /** Not yet answered on both streams, oldest first. */
  #pending: Pending[] = [];
  #failure: PlayError | undefined;
  #unsent = "";
  #forgetInterruption = (): void => undefined;
  /** The process that waits for the pipes of the last command. */
  #waits: number | undefined;
  #closing: NodeJS.Timeout | undefined;

  constructor(host: string, channel: Channel, options: SessionOptions = {}) {
    this.#host = host;
    this.#channel = channel;
    this.#options = options;
    this.#listen("stdout");
    this.#listen("stderr");
    // A write to a shell that has ended; `closed` reports the end.
    channel.stdin.on("error", () => undefined);
    void channel.closed.then((exit) => {
      this.#release();
      this.#fail(this.#lost(exit));
    });
    this.#greet();
    this.#forgetInterruption = onAbort(options.interrupted, () => {
      const first = this.#pending[0];
      if (first)
        this.#giveUp(
          first,
          (printed) =>
            new InterruptedError(`The run was interrupted, and the command was ended. ${said(printed)}`, { printed }),
        );
      this.#fail(new InterruptedError("Not run: the run was interrupted."), "not run");
    });
  }

  /** Whether the session still accepts commands. */
  get usable(): boolean {
    return this.#failure === undefined;
  }

  async run(script: string, options: CommandOptions = {}): Promise<Result> {
    if (options.chain?.broken || options.chain?.closed) throw new NotRunError();
    const text = `${exported(options.environment)}eval ${quote(script)}`;
    const command = options.ownPipes
      ? `kubeplay_piped ${quote(text)}`
      : `( ${text} ) </dev/null 9>&-; kubeplay_code=$?; kubeplay_end $kubeplay_code`;
    // One line of shell: if the connection breaks within it, a quote stays open and nothing of it runs.
    return this.#send(`${options.chain ? chained(options.chain, command) : command}\n`, options);
  }

  /** Runs a script in the shell itself, not in a subshell: what it opens as file 9 is held for as long as the shell lives. */
  runInShell(script: string, options: Pick<CommandOptions, "timeout"> = {}): Promise<Result> {
    return this.#send(`eval ${quote(script)} </dev/null; kubeplay_end $?\n`, options);
  }

  /** Gives the running command a moment to end, then kills it. */
  async close(): Promise<void> {
    this.#fail(new UnreachableError(this.#host, `The connection to ${this.#host} was closed by this run.`));
    this.#unsent = "";
    await endChannel(this.#channel, grace * 1000);
  }

  /** The first frame discards the output of login scripts. It is not awaited: the next command follows at once. */
  #greet(): void {
    const functions = `${shellFunctions(this.#nonce)}\n${pathFunctions}`;
    this.#send(`${functions}\nkubeplay_end 0\n`, {}).catch(() => undefined);
  }

  #send(line: string, options: CommandOptions): Promise<Result> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const output = new Output(this.#options.limit ?? defaultLimit, options);
      const { timeout = this.#options.timeout ?? defaultTimeout, chain } = options;
      this.#pending.push({ output, timeout, chain, resolve, reject });
      if (this.#pending.length === 1) this.#startClock();
      this.#write(line);
    });
  }

  /** Commands sent at the same time travel in one piece: each piece costs encryption and a system call. */
  #write(line: string): void {
    this.#unsent += line;
    if (this.#unsent !== line) return;
    setImmediate(() => {
      if (this.#unsent !== "") this.#channel.stdin.write(this.#unsent);
      this.#unsent = "";
    });
  }

  #listen(name: "stdout" | "stderr"): void {
    const frames = new Frames(this.#nonce, {
      onOutput: (bytes) => this.#current(name)?.output[name].push(bytes),
      onFrame: ([word = "", waits]) => {
        if (word !== released) this.#end(name, Number(word), waits);
        else if (name === "stdout") this.#release();
      },
    });
    this.#channel[name].on("data", (chunk: Buffer) => {
      frames.feed(chunk);
    });
    this.#channel[name].on("end", () => {
      frames.end();
    });
    // `closed` reports the end of the stream, and the connection knows the reason.
    this.#channel[name].on("error", () => undefined);
  }

  #current(name: "stdout" | "stderr"): Pending | undefined {
    return this.#pending.find(({ output }) => !output[name].ended);
  }

  #end(name: "stdout" | "stderr", code: number, waits: string | undefined): void {
    const ended = this.#current(name)?.output;
    ended?.end(name, code);
    if (name === "stdout") this.#waits = waits === undefined || waits === "0" ? undefined : Number(waits);
    if (ended?.complete && this.#waits !== undefined) {
      const held = this.#waits;
      this.#closing = setTimeout(() => this.#options.onHeld?.(held), closing);
    }
    this.#settle();
  }

  #release(): void {
    this.#waits = undefined;
    clearTimeout(this.#closing);
  }

  #settle(): void {
    while (this.#pending[0]?.output.complete) {
      const done = this.#pending.shift();
      if (!done) return;
      clearTimeout(done.timer);
      this.#answer(done);
      this.#startClock();
    }
  }

  #answer({ chain, output, resolve, reject }: Pending): void {
    if (chain?.broken) {
      reject(new NotRunError());
      return;
    }
    if (chain && output.code !== 0) chain.broken = true;
    if (output.overflowed) reject(new TaskError(tooMuch(this.#options.limit ?? defaultLimit)));
    else resolve(output.result());
  }

  /** A command's timeout starts when its predecessor has answered, not when the command was queued. */
  #startClock(): void {
    const first = this.#pending[0];
    if (!first) return;
    first.timer = setTimeout(() => {
      const seconds = `${String(first.timeout)} seconds`;
      this.#giveUp(
        first,
        (printed) =>
          new TaskError(`The command did not end within ${seconds} and was given up. ${said(printed)} ${longer}`, {
            printed,
          }),
      );
      this.#fail(new TaskError(`Not run: the command before it did not end within ${seconds}.`), "not run");
    }, first.timeout * 1000);
  }

  #giveUp(running: Pending, error: (printed: string) => TaskError): void {
    this.#pending.shift();
    clearTimeout(running.timer);
    if (running.chain) running.chain.closed = true;
    running.reject(error(running.output.lastLine()));
    this.#channel.kill();
  }

  /** Behind a command that was given up nothing ran; of a lost shell nobody knows. */
  #fail(failure: PlayError, others: "not run" | "unknown" = "unknown"): void {
    this.#failure ??= failure;
    this.#forgetInterruption();
    const pending = this.#pending;
    this.#pending = [];
    for (const { timer, chain, reject } of pending) {
      clearTimeout(timer);
      // An earlier command of the chain tells why.
      reject(chain?.closed && others === "not run" ? new NotRunError() : this.#failure);
      // The next shell does not know the chain.
      if (chain) chain.closed = true;
    }
  }

  #lost(exit: Exit): UnreachableError {
    const because = this.#options.lostBecause?.();
    const last = this.#pending[0]?.output.lastLine() ?? "";
    const said = last ? ` The last line it printed: ${last}` : "";
    const message = because
      ? `The connection to ${this.#host} was lost: ${because}.`
      : `The shell on ${this.#host} ${described(exit)} while kubeplay was using it.`;
    return new UnreachableError(this.#host, message + said, { printed: last });
  }
}

const longer = "The task's timeout, the play's, or the variable task_timeout sets this limit.";

const said = (last: string): string => (last === "" ? "It had printed nothing." : `The last line it printed: ${last}`);

/** The shell on the host records which chain broke: later commands are already in its input. */
const chained = ({ id }: Chain, command: string): string =>
  `if [ "$kubeplay_broken" = ${id} ]; then kubeplay_end 0; else ${command}; kubeplay_link ${id} $kubeplay_code; fi`;

const tooMuch = (limit: number): string =>
  `The command printed more than ${String(Math.round(limit / 1024 / 1024))} MiB. ` +
  "Write the output to a file, or print less (grep, tail).";
