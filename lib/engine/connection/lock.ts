import { TaskError, TransientError, UnreachableError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { described, endChannel, type Channel } from "./channel.ts";
import { lockScript } from "./lock-script.ts";

export interface LockRequest {
  /** The name of the lock in error messages: a host's name. */
  readonly name: string;
  /** Starts the program that holds the lock. */
  readonly attach: (program: string) => Promise<Channel>;
  /** The lock file; by default a file in a folder of the user's own on the host. */
  readonly file?: string;
  /** The holder of the lock, in one line: shown to other runs that wait for it. */
  readonly holder: string;
  /** Seconds to wait for another run to release it. */
  readonly patience: number;
  /** Called about once a second while another run holds it. */
  readonly waiting: (by: string, seconds: number) => void;
  /** True once the lock is no longer needed. */
  readonly stopping: () => boolean;
}

/** A held lock. It ends with this process, or some seconds after the connection to it was lost. */
export interface Lock {
  readonly name: string;
  readonly lost: boolean;
  /** Sends a heartbeat. */
  beat(): void;
  release(): Promise<void>;
}

/** Milliseconds for the lock program to end by itself. */
const grace = 2000;

/**
 * Takes a lock. Rejects with TransientError if another run holds it for too long, with TaskError if it cannot be taken,
 * and with UnreachableError if the connection is lost.
 */
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
      // The other run will end.
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
      const why = said.trim() || `the lock program ${described(exit)}`;
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
    release: () => endChannel(channel, grace),
  };
}

const tooLong = (name: string, by: string, seconds: number): string =>
  `${name} is locked by ${by}` +
  (seconds > 0 ? `, still after ${String(seconds)} s` : "") +
  `. Run again when that run has ended, or wait longer for it: --lock-timeout SECONDS`;

function eachLine({ stdout }: Channel, take: (line: string) => void): void {
  let rest = "";
  stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  });
}
