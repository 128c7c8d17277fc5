import { quote } from "../shell/quote.ts";
import type { Channel, OpenChannel } from "./channel.ts";
import { openAs, type Become, type Opened } from "./open-as.ts";
import { Session } from "./session.ts";
import type { Result, RunOptions, Upload, Writer } from "./types.ts";
import { uploadFile } from "./upload.ts";

export interface ConnectionOptions {
  readonly become?: Become | undefined;
  /** Seconds for a shell to be there. */
  readonly patience: number;
  readonly local?: boolean;
  /** Why the connection underneath was lost, where it knows. */
  readonly lostBecause?: () => string | undefined;
}

/** A host reached over any kind of channel: one shell for all commands, made anew after one that hung. */
export class HostConnection implements Writer {
  readonly host: string;
  readonly local: boolean;
  readonly #open: OpenChannel;
  readonly #options: ConnectionOptions;
  readonly #end: () => Promise<void>;
  #session: Promise<Session> | undefined;

  constructor(host: string, open: OpenChannel, end: () => Promise<void>, options: ConnectionOptions) {
    this.host = host;
    this.local = options.local ?? false;
    this.#open = open;
    this.#options = options;
    this.#end = end;
  }

  async read(script: string, options?: RunOptions): Promise<Result> {
    return this.run(script, options);
  }

  async run(script: string, options?: RunOptions): Promise<Result> {
    if (this.#session && !(await this.#session).usable) this.#session = undefined;
    this.#session ??= this.#start();
    return (await this.#session).run(script, options);
  }

  async upload(upload: Upload): Promise<void> {
    await uploadFile(
      {
        run: (script) => this.run(script),
        host: this.host,
        open: (program) => this.attach(program),
      },
      upload,
    );
  }

  async attach(program: string): Promise<Channel> {
    return (await this.#openAs(program)).channel;
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    if (session?.usable) await session.close();
    await this.#end();
  }

  async #start(): Promise<Session> {
    const { channel, pid } = await this.#openAs("sh");
    const { lostBecause } = this.#options;
    return new Session(this.host, channel, {
      ...(lostBecause && { lostBecause }),
      onHung: () => void this.#killTree(pid),
    });
  }

  /** Closing a channel ends no process at its other end: what hangs would go on beside what comes next. */
  async #killTree(pid: number): Promise<void> {
    const script = `tree() { for child in $(cat /proc/$1/task/*/children); do tree $child; done; echo $1; }; kill -KILL $(tree ${String(pid)})`;
    const opened = await this.#openAs(`sh -c ${quote(script)} 2>/dev/null`).catch(() => undefined);
    opened?.channel.stdout.resume();
    opened?.channel.stderr.resume();
    opened?.channel.stdin.end();
  }

  #openAs(program: string): Promise<Opened> {
    return openAs(this.host, this.#open, program, this.#options);
  }
}
