import type { Channel } from "./channel.ts";

/** What a script on a host answered. Output is UTF-8 text; `code` is the shell's exit status. */
export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Content for a file: bytes in memory, or a file on the controller that is streamed. */
export type Content = { readonly bytes: Uint8Array } | { readonly file: string };

export interface Upload {
  readonly content: Content;
  /** Absolute path on the host. */
  readonly to: string;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  /** User name or id; the become user where absent. */
  readonly owner?: string;
  readonly group?: string;
  /** Lower-case hex; checked on the host before the rename. Computed from the content where absent. */
  readonly sha256?: string;
  /** A command that must exit 0 before the rename; `%s` is the temporary file. */
  readonly validate?: string;
  /** `finishing` comes after it, in the same chain: programs that one file needs can see to many at once. */
  readonly finishedLater?: boolean;
}

export interface CommandOptions {
  /** Seconds until the command counts as hung; the connection's default is 600. */
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each piece of output as it arrives. */
  readonly onOutput?: (text: string) => void;
  readonly chain?: Chain;
}

/**
 * Commands that are sent one after the other without waiting for the answers in between. After one that failed the host
 * runs none of the following, and those reject with NotRunError.
 */
export interface Chain {
  readonly id: string;
  /** A command of it failed: answers that come after are of commands that did not run. */
  broken: boolean;
  /** Its shell is gone, and another one knows nothing of it: nothing more may be sent. */
  closed: boolean;
}

/** The only thing that check mode ever gets: it can ask, it cannot change. */
export interface Reader {
  readonly host: string;
  /** The host is the controller itself. */
  readonly local?: boolean;
  /** Runs a script that only reads. Rejects with UnreachableError where the connection is lost or never came. */
  read(script: string, options?: CommandOptions): Promise<Result>;
  close(): Promise<void>;
}

export interface Writer extends Reader {
  /** Runs a script that may change the host. A non-zero exit code is a result, not an error. */
  run(script: string, options?: CommandOptions): Promise<Result>;
  /** Puts a file in place atomically: temporary file beside it, digest, owner and mode, validation, fsync, rename; with `finishedLater` the fsync comes after. Rejects with TaskError where any of it fails; the old file is then untouched. In a chain only what is small enough to travel with its command, `inlineLimit`. */
  upload(upload: Upload, chain?: Chain): Promise<void>;
  /**
   * Starts a shell command beside the shell, as the same user, to speak with as long as it runs. It has to wait for a first
   * line of input before it prints anything. Absent where a connection has no such way.
   */
  attach?(program: string): Promise<Channel>;
  /**
   * Gives up the connection and makes it anew, trying for so many seconds. Rejects with UnreachableError. Absent where a
   * connection has no such way.
   */
  reconnect?(seconds: number): Promise<void>;
}

/** How one host is reached, as its inventory variables say. */
export interface Target {
  readonly name: string;
  readonly connection: "ssh" | "local";
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile?: string;
  readonly password?: string;
  /** user@host:port of each hop, first hop first. */
  readonly jumps: readonly string[];
  /** known_hosts files to trust, in order; the user's own and the system's where empty. */
  readonly knownHostsFiles: readonly string[];
  /** Strict unless false (ansible_host_key_checking). */
  readonly hostKeyChecking: boolean;
  /** Seconds for the connection to be made. */
  readonly connectTimeout: number;
  readonly become?: { readonly user: string; readonly password?: string };
  /** What sudo asks for, also where only a play becomes root. */
  readonly becomePassword?: string;
}
