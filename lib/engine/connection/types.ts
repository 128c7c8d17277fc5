import type { Duplex } from "node:stream";
import type { Result } from "../errors.ts";
import type { Become } from "./become.ts";
import type { Channel } from "./channel.ts";
import type { WantedLock } from "./lock-script.ts";

export type { Result };

/** Content for a file: bytes in memory, or a file on the controller that is streamed. */
export type Content = { readonly bytes: Uint8Array } | { readonly file: string };

export interface Upload {
  readonly content: Content;
  /** Absolute path on the host. */
  readonly to: string;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  /** User name or id; the become user by default. */
  readonly owner?: string;
  /** Group name or id. */
  readonly group?: string;
  /** Lower-case hex; checked on the host before the rename. Computed from the content by default. */
  readonly sha256?: string;
  /** A command that must exit 0 before the rename; `%s` is the temporary file. */
  readonly validate?: string;
  /** Seconds without progress after which it fails; the host's limit by default. */
  readonly timeout?: number | undefined;
  /**
   * What must still be there: "absent", or the identity that the query `path` returned. Otherwise the upload fails with
   * ChangedSinceError.
   */
  readonly replaces?: string;
  /** The sha256 of the content that the new one was made from: what is replaced must have it. */
  readonly edits?: string;
  /**
   * Writes into an existing file, which a mount point allows only. Not atomic: a reader may see a part of it, and a full
   * disk leaves a part.
   */
  readonly inPlace?: boolean;
  /** What is replaced stays beside it, as NAME.2026-11-30T190203Z~. */
  readonly backup?: boolean;
  /** `finishing` follows in the same chain: one call brings many files to disk. */
  readonly finishedLater?: boolean;
}

export interface CommandOptions {
  /** Seconds until the command counts as hung; the host's limit by default. */
  readonly timeout?: number | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each piece of output as it arrives. */
  readonly onOutput?: (text: string) => void;
  readonly chain?: Chain;
  /** Nobody reads the output: only its end is kept, for messages, and it may have any size. */
  readonly unread?: boolean;
  /** The command may leave programs running: what they print later is in no output, and nothing waits for them. */
  readonly ownPipes?: boolean;
}

/**
 * Commands that are sent one after the other without waiting for the answers in between. After a failed command the
 * host runs none of the rest, which reject with NotRunError.
 */
export interface Chain {
  readonly id: string;
  /** A command of the chain failed: later answers are from commands that did not run. */
  broken: boolean;
  /** Its shell has ended, and another shell does not know the chain: nothing more may be sent. */
  closed: boolean;
}

/** Read access to a host. Check mode has no other, so it cannot change anything. */
export interface Reader {
  readonly host: string;
  /** The host is the controller itself. */
  readonly local?: boolean;
  /** Runs a script that only reads. Rejects with UnreachableError if the connection is lost or was never made. */
  read(script: string, options?: CommandOptions): Promise<Result>;
  /** Ends the connection. Later commands reject with UnreachableError. */
  close(): Promise<void>;
}

/** "lost": the shell that held it has ended, and another run may have the lock by now. */
export type LockState = "none" | "held" | "lost";

/** Full access to a host. */
export interface Writer extends Reader {
  /** Runs a script that may change the host. A non-zero exit code is a result, not an error. */
  run(script: string, options?: CommandOptions): Promise<Result>;
  /**
   * Puts a file in place atomically: temporary file beside it, digest, owner and mode, validation, fsync, rename; with
   * `finishedLater` the fsync comes after. Rejects with TaskError if a step fails; the old file is then unchanged. In a
   * chain, only for content that is small enough to travel with its command (`inlineLimit`).
   */
  upload(upload: Upload, chain?: Chain): Promise<void>;
  /**
   * Starts a shell command on a channel of its own, as the same user, for a dialogue while it runs. The command must
   * wait for a first line of input before it prints anything. Absent if the connection does not support it.
   */
  attach?(program: string): Promise<Channel>;
  /**
   * Tries once to take a lock, as in lock-script.ts. It is held by the shell of `run`, until that is told otherwise or
   * has ended. Absent if the connection does not support it.
   */
  tryLock?(wanted: WantedLock): Promise<Result>;
  /** Gives the lock back. */
  unlock?(): Promise<void>;
  /**
   * Connects from the host to a port at an address. Rejects with ssh2's error of a channel that was not opened, whose
   * `reason` is RFC 4254's, or with another error if the connection is lost. Absent if the connection cannot do it.
   */
  forward?(address: string, port: number): Promise<Duplex>;
  readonly lockState?: LockState;
  /**
   * Closes the connection and opens a new one, with retries for this many seconds, the host's limit by default. Rejects
   * with UnreachableError.
   * Absent if the connection does not support it.
   */
  reconnect?(seconds?: number): Promise<void>;
}

/** What ssh's configuration on the controller says about an SSH server, where the inventory says nothing. */
export interface SshSettings {
  /** Keys to log in with. Those that are missing, or encrypted without a passphrase, are left out: the agent may have them. */
  readonly identityFiles?: readonly string[];
  /** Whether a host key that no file has is accepted. A changed one never is. */
  readonly acceptsUnknownKeys?: boolean;
  /** The name under which its host key is known, without a port. */
  readonly hostKeyAlias?: string;
  /** A command of the controller's shell whose input and output are the connection. */
  readonly proxyCommand?: string;
  /** The lines that were used, such as "/root/.ssh/config:3". */
  readonly setBy?: string;
}

/** A hop on the way to a host. */
export interface Jump extends SshSettings {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The host's own by default. */
  readonly knownHostsFiles?: readonly string[];
}

/** A program that runs containers, and commands in them. */
export type ContainerEngine = "podman" | "docker";

/** How one host is reached, as its inventory variables say, and ssh's configuration. */
export interface Target extends SshSettings {
  readonly name: string;
  readonly connection: "ssh" | "local" | ContainerEngine;
  /** The user of a container, if the inventory names one. */
  readonly login?: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile?: string;
  /** Decrypts the key. */
  readonly privateKeyPassphrase?: string;
  readonly password?: string;
  /** The hops before it, first hop first. */
  readonly jumps: readonly Jump[];
  /** known_hosts files to trust, in order; if empty, the user's own and the system's. */
  readonly knownHostsFiles: readonly string[];
  /** Strict unless false (ansible_host_key_checking). */
  readonly hostKeyChecking: boolean;
  /** Whether the controller's other connections to the host go through its SSH connection. */
  readonly tunnel?: boolean;
  /** Seconds to wait for the connection. */
  readonly connectTimeout: number;
  /** Seconds of new tries if the host drops the connection before it is established; 30 by default. */
  readonly retryTimeout?: number;
  /** Seconds of new tries if the connection is lost; 600 by default. */
  readonly reconnectTimeout?: number;
  /** Seconds until a command or an upload counts as hung; 600 by default. */
  readonly timeout?: number;
  readonly become?: Become;
  /** How tasks become another user, also if only a play becomes root. */
  readonly becomes?: Omit<Become, "user">;
}
