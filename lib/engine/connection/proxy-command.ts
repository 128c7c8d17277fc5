import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { Duplex } from "node:stream";

/** Characters of the command's own messages that an error repeats. */
const longest = 2000;

/**
 * Runs a ProxyCommand. Its input and output are the connection, which fails with the command's own words if it ends
 * with an error. Ends the command, and what it started, with the connection.
 */
export function proxyOf(command: string): Duplex {
  // A process group of its own, as the command may be a shell with children.
  const child = spawn("sh", ["-c", `exec ${command}`], { stdio: "pipe", detached: true });
  let words = "";
  const stream = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => child.stdin.write(chunk, () => done()),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      end(child);
      done(error);
    },
  });
  const fail = (why: string): void => {
    const said = words.trim();
    stream.destroy(new Error(`the ProxyCommand ${why}${said === "" ? "" : `: ${said}`}`));
  };
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString("utf8")).slice(-longest)));
  // The end of the command tells why.
  child.stdin.on("error", () => undefined);
  child.once("error", (error) => {
    fail(error.message);
  });
  // Its outputs end before it does, and only its end tells whether it failed.
  child.once("close", (code, signal) => {
    if (code === 0) stream.push(null);
    else fail(signal ? `was ended by ${signal}` : `exited with code ${String(code)}`);
  });
  return stream;
}

function end({ pid, exitCode, signalCode }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It ended by itself in the meantime.
  }
}
