import type { OpenChannel } from "./channel.ts";
import { openAs, type Become } from "./open-as.ts";
import { Session } from "./session.ts";
import type { Result, RunOptions, Upload, Writer } from "./types.ts";
import { uploadFile } from "./upload.ts";

/** A host reached over any kind of channel: one shell for all commands, made anew after one that hung. */
export class HostConnection implements Writer {
  readonly host: string;
  readonly local: boolean;
  readonly #open: OpenChannel;
  readonly #become: Become | undefined;
  readonly #end: () => Promise<void>;
  #session: Promise<Session> | undefined;

  constructor(host: string, open: OpenChannel, become: Become | undefined, end: () => Promise<void>, local = false) {
    this.host = host;
    this.local = local;
    this.#open = open;
    this.#become = become;
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
        open: (program) => openAs(this.host, this.#open, this.#become, program),
      },
      upload,
    );
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    if (session?.usable) await session.close();
    await this.#end();
  }

  async #start(): Promise<Session> {
    return new Session(this.host, await openAs(this.host, this.#open, this.#become, "sh"));
  }
}
