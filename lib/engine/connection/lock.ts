import { TaskError, TransientError, UnreachableError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { described, type Channel } from "./channel.ts";
import { lockScript } from "./lock-script.ts";

export interface LockRequest {
  /** What is locked, for errors: a host's name. */
  readonly name: string;
  /** Starts the program that holds it. */
  readonly attach: (program: string) => Promise<Channel>;
  /** The file that stands for it; the user's own place on the host where absent. */
  readonly file?: string;
  /** Who wants it, in one line: what another is told who has to wait. */
  readonly holder: string;
  /** Seconds to wait for another to give it back. */
  readonly patience: number;
  /** Is told about once a second while another holds it. */
  readonly waiting: (by: string, seconds: number) => void;
  /** True once nobody wants it any more. */
  readonly stopping: () => boolean;
}

/** A lock that is held. It ends with this process, and some seconds after the connection to it was lost. */
export interface Lock {
  readonly name: string;
  readonly lost: boolean;
  /** Says that its holder lives. */
  beat(): void;
  release(): Promise<void>;
}

/** Milliseconds that a holder gets to end by itself. */
const grace = 2000;

/** Rejects with TaskError where another holds it for too long or it cannot be had, and with UnreachableError. */
export async function takeLock(request: LockRequest): Promise<Lock> {
  const { name, attach, file, holder, patience, waiting, stopping } = request;
  const channel = await attach(`sh -c ${quote(lockScript(file))}`);
  channel.stdin.on("error", () => undefined);
  let said = "";
  channel.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const started = Date.now();
  await new Promise<void>((resolve, reject) => {
    const refuse = (message: string): void => {
      channel.stdin.end();
      channel.kill();
      // The other run ends one day.
      reject(new TransientError(message));
    };
    eachLine(channel, (line) => {
      if (line === "taken") {
        resolve();
        return;
      }
      const by = line.replace(/^held /, "").trim() || "another run";
      const seconds = Math.round((Date.now() - started) / 1000);
      if (stopping()) refuse(`${name} is locked by ${by}; the run was interrupted while it waited`);
      else if (seconds >= patience) refuse(tooLong(name, by, seconds));
      else waiting(by, seconds);
    });
    void channel.closed.then((exit) => {
      const why = said.trim() || `its holder ${described(exit)}`;
      const lost = exit.code === undefined && exit.signal === undefined;
      const message = `the lock on ${name} could not be taken: ${why}`;
      reject(lost ? new UnreachableError(name, message) : new TaskError(message));
    });
    channel.stdin.write(`${holder}\n`);
  });
  return held(name, channel);
}

function held(name: string, channel: Channel): Lock {
  let lost = false;
  void channel.closed.then(() => (lost = true));
  return {
    name,
    get lost() {
      return lost;
    },
    beat: () => {
      if (!lost) channel.stdin.write(".");
    },
    release: async () => {
      channel.stdin.end();
      const timer = setTimeout(() => channel.kill(), grace);
      await channel.closed;
      clearTimeout(timer);
    },
  };
}

const tooLong = (name: string, by: string, seconds: number): string =>
  `${name} is locked by ${by}` +
  (seconds > 0 ? `, and still was after ${String(seconds)} s` : "") +
  `. Let that run end and play again, or wait longer for it: --lock-timeout SECONDS`;

function eachLine({ stdout }: Channel, take: (line: string) => void): void {
  let rest = "";
  stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  });
}
