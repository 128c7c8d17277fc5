import type { Readable, Writable } from "node:stream";
import { settlesWithin } from "./settles-within.ts";

/** How a process on the host ended; neither is set if the connection was lost. */
export interface Exit {
  readonly code?: number;
  readonly signal?: string;
}

/** One running process, on this machine or at the other end of an SSH channel. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once, when both outputs have ended. Never rejects. */
  readonly closed: Promise<Exit>;
  /** Ends the process and its children, as far as that can be done from here. */
  readonly kill: () => void;
}

/** Starts a process; `command` is for a POSIX shell. Rejects with UnreachableError. */
export type OpenChannel = (command: string) => Promise<Channel>;

/** Milliseconds until a killed process has ended; no longer, as the connection to it may be lost. */
const lastPatience = 2000;

/** Ends a process by the end of its input, and kills it if it still runs after some milliseconds. */
export async function endChannel({ stdin, closed, kill }: Channel, grace: number): Promise<void> {
  stdin.end();
  if (await settlesWithin(closed, grace)) return;
  kill();
  await settlesWithin(closed, lastPatience);
}

/** Describes an exit in words. */
export function described({ code, signal }: Exit): string {
  if (signal !== undefined) return `was terminated by signal ${signal}`;
  return code === undefined ? "lost its connection" : `exited with code ${String(code)}`;
}
