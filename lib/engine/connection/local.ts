import { spawn } from "node:child_process";
import os from "node:os";
import { UnreachableError } from "../errors.ts";
import type { Channel, Exit } from "./channel.ts";
import { HostConnection } from "./host-connection.ts";
import type { Target } from "./types.ts";

/** Connects to the controller itself, through a shell of its own. */
export function connectLocal(
  target: Partial<Target> & Pick<Target, "name" | "connectTimeout">,
  interrupted?: AbortSignal,
): HostConnection {
  const user = os.userInfo().username;
  const become = target.become && target.become.user !== user ? target.become : undefined;
  return new HostConnection(
    target.name,
    { open: (command) => start(target.name, command), end: () => Promise.resolve() },
    { become, patience: target.connectTimeout, local: true, timeout: target.timeout, interrupted },
  );
}

/** Milliseconds to wait for remaining output after a process has ended. */
const afterlife = 2000;

/** Starts a command for the controller's shell. Rejects with UnreachableError. */
export function start(host: string, command: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    // A process group of its own: only the runner handles a Ctrl-C at the terminal.
    const child = spawn("sh", ["-c", command], { detached: true, stdio: "pipe" });
    child.once("error", (error) => reject(new UnreachableError(host, `no shell on the controller: ${error.message}`)));
    child.once("spawn", () => {
      const closed = new Promise<Exit>((done) =>
        child.once("close", (code, signal) => done({ ...(code !== null && { code }), ...(signal && { signal }) })),
      );
      // Background processes that it left may hold its outputs open forever. Otherwise there is no wait.
      child.once("exit", () =>
        setTimeout(() => [child.stdout, child.stderr].map((stream) => stream.destroy()), afterlife).unref(),
      );
      resolve({
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        closed,
        kill: () => {
          if (child.pid !== undefined && child.exitCode === null)
            try {
              process.kill(-child.pid, "SIGKILL");
            } catch {
              // It ended by itself in the meantime.
            }
        },
      });
    });
  });
}
