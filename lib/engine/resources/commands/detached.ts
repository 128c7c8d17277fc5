import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Result, Writer } from "../../connection/types.ts";
import { InterruptedError, TaskError, UnreachableError } from "../../errors.ts";
import { exported } from "../../shell/exported.ts";
import { quote } from "../../shell/quote.ts";
import type { ConnectionStep, Progress } from "../../tasks/resource.ts";

export interface Detached {
  /** For a POSIX shell. */
  readonly run: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds after which it is killed. */
  readonly timeout: number;
  /** An exit code other than 0 is not a failure. */
  readonly mayFail?: boolean;
}

/** Milliseconds between two checks of its state. */
const pause = 1000;

/**
 * A command that does not depend on the connection: if that is lost, the command continues, and the connection is made
 * again. If the same command of an earlier run is still running, it is awaited and not started a second time.
 */
export const detached = (command: Detached): ConnectionStep => ({
  about: [command.run, command.environment],
  ...(command.mayFail && { mayFail: true }),
  overConnection: async (writer, { progress, environment }) => {
    const script = exported({ ...environment, ...command.environment }) + command.run;
    const job = jobFolder(createHash("sha256").update(script).digest("hex").slice(0, 16));
    const started = await writer.run(start(job, script));
    if (started.code !== 0) throw new TaskError(`it could not be started: ${started.stderr.trim()}`);
    await ended(writer, job, command.timeout, progress);
    const out = await writer.run(`${job}; cat "$d/out"; cat "$d/err" >&2; exit "$(cat "$d/code")"`);
    await writer.run(`${job}; rm -rf "$d"`);
    return out;
  },
});

/**
 * Finds the job's folder on the host, as $d below $b. It outlives the connection, and belongs to the user alone: users
 * other than root have their home for that, or a folder in /var/tmp if they may not write there.
 */
const jobFolder = (id: string): string => `if [ "$(id -u)" = 0 ]; then b=/var/lib/kubeplay
elif [ -w "$HOME" ]; then b=$HOME/.local/state/kubeplay
else b=/var/tmp/kubeplay-$(id -u); fi
d=$b/jobs/${id}; export d`;

/** Compares its process group's id and start time: ids are reused. */
const isAtWork = `{ read -r pid began < "$d/pid"; } 2>/dev/null && [ "$(grep -v ') Z' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f22)" = "$began" ]`;

/** Its process group is killed. Its files go only with it: while it is running, the next run must find it. */
const kill = `if ${isAtWork}; then kill -s KILL -- "-$pid" || exit 1; fi; rm -rf "$d"`;

/** The script is in a file: every user could read it on a command line. */
const start = (job: string, script: string): string => {
  const work = `echo "$$ $(cut -d' ' -f22 /proc/$$/stat)" > "$d/pid.new"; mv "$d/pid.new" "$d/pid"
(umask 022; eval ${quote(script)}) > "$d/out" 2> "$d/err"; echo $? > "$d/code.new"; mv "$d/code.new" "$d/code"`;
  return `umask 077; ${job}
mkdir -p "$d" || exit 1
[ -O "$b" ] && [ ! -L "$b" ] || { echo "$b belongs to another user" >&2; exit 1; }
if ${isAtWork}; then exit 0; fi
rm -f "$d/pid" "$d/code" "$d/out" "$d/err"
printf '%s\\n' ${quote(work)} > "$d/script" || exit 1
setsid sh "$d/script" > /dev/null 2> "$d/failure" < /dev/null &
tries=200
while ! [ -s "$d/pid" ]; do
  [ $((tries -= 1)) -gt 0 ] || { echo "its shell did not start: $(cat "$d/failure")" >&2; exit 1; }
  sleep 0.05
done`;
};

async function ended(writer: Writer, job: string, timeout: number, progress: Progress): Promise<void> {
  const giveUp = Date.now() + timeout * 1000;
  for (;;) {
    const { stdout } = await look(writer, job, progress);
    const [state = "", line = ""] = stdout.split("\n");
    if (state === "ended") return;
    if (state === "gone") throw new TaskError("it was killed from outside: its host may have been restarted");
    progress(line);
    if (Date.now() >= giveUp) {
      const killed = await writer.run(`${job}; ${kill}`);
      const late = `it did not end within ${String(timeout)} seconds`;
      throw new TaskError(
        killed.code === 0 ? `${late}, and was killed` : `${late}, and cannot be killed: ${killed.stderr.trim()}`,
      );
    }
    await sleep(pause);
  }
}

async function look(writer: Writer, job: string, progress: Progress): Promise<Result> {
  const script = `${job}; if [ -e "$d/code" ]; then echo ended; elif ${isAtWork}; then echo running; else echo gone; fi; tail -n 1 "$d/out"`;
  for (;;)
    try {
      return await writer.read(script);
    } catch (error) {
      if (error instanceof InterruptedError)
        throw new InterruptedError("the run was interrupted; the command continues, and the next run waits for it");
      if (!(error instanceof UnreachableError) || !writer.reconnect) throw error;
      progress("the connection was lost; the command continues while kubeplay reconnects");
      await writer.reconnect();
    }
}
