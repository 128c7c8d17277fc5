/** A place in a file. Line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export const at = ({ file, line, column }: Location): string =>
  [file, line, column].filter((part) => part !== undefined).join(":");

/** The message of an error's root cause, or those of all root causes of an AggregateError. */
export function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return error.errors.map(rootCause).join(", ");
  return error.cause instanceof Error ? rootCause(error.cause) : error.message;
}

export interface PlayErrorOptions extends ErrorOptions {
  /** The part of the message that a program printed. It is hidden if the program handled a secret. */
  readonly printed?: string;
  /** The result of the program, of which the message has only the last lines. */
  readonly result?: Result;
}

/** The result of a script on a host. Output is UTF-8 text; `code` is the shell's exit status, 0 to 255. */
export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/**
 * The base class of every error that a user can act on. Its message says what is wrong and where, what was expected,
 * and what to do. It is printed without a stack trace.
 *
 * @example
 * try {
 *   await connection.read("systemctl is-system-running");
 * } catch (error) {
 *   if (error instanceof PlayError) console.error(error.message);
 *   else throw error;
 * }
 */
export class PlayError extends Error {
  override name = "PlayError";
  readonly printed: string;
  result: Result | undefined;
  constructor(message: string, { printed = "", result, ...options }: PlayErrorOptions = {}) {
    super(message, options);
    this.printed = printed;
    this.result = result;
  }
}

/** Throws a single failure as it is, and several as one PlayError. Does nothing if there are none. */
export function throwAll(failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const messages = failures.map((error) => (error instanceof Error ? error.message : String(error)));
    throw new PlayError(messages.join("\n"), { cause: failures[0] });
  }
}

/** A mistake in the user's input, found before the first connection. */
export interface Problem {
  readonly message: string;
  readonly where?: Location;
}

const sentence = ({ message, where }: Problem): string => (where ? `${at(where)}: ${message}` : message);

/**
 * All mistakes in the user's input at once. Nothing was changed.
 *
 * @example
 * throw new InputError([{ message: "there is no group etcd", where: { file: "hosts.yaml", line: 3 } }]);
 */
export class InputError extends PlayError {
  override name = "InputError";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(sentence).join("\n"));
    this.problems = problems;
  }
}

/** An invalid command line: exit code 5. */
export class OptionError extends PlayError {
  override name = "OptionError";
}

/**
 * A host has no connection, or lost it. The host is unreachable; the other hosts continue.
 *
 * @example
 * throw new UnreachableError(host.name, "it closes every connection at once: is its sshd full?");
 */
export class UnreachableError extends PlayError {
  override name = "UnreachableError";
  readonly host: string;
  /** Whether a retry cannot help, such as when the host rejects the key. */
  readonly final: boolean;
  constructor(
    host: string,
    message: string,
    { final = false, ...options }: PlayErrorOptions & { final?: boolean } = {},
  ) {
    super(message, options);
    this.host = host;
    this.final = final;
  }
}

/** A command was sent but not run, because an earlier command of its chain failed. */
export class NotRunError extends PlayError {
  override name = "NotRunError";
  constructor() {
    super("Not run, because an earlier command failed.");
  }
}

/**
 * A task failed on a host.
 *
 * @example
 * throw new TaskError("etcd has no leader: look at its journal on every member");
 */
export class TaskError extends PlayError {
  override name = "TaskError";
  /** Whether the cause may pass by itself. */
  readonly transient: boolean = false;
}

/** Somebody else changed a path of the host after it was compared, so a write was refused. */
export class ChangedSinceError extends TaskError {
  override name = "ChangedSinceError";
}

/**
 * A task failed for a reason that may pass by itself, such as a server that does not answer. A second run may help.
 *
 * @example
 * throw new TransientError("the API answers 503: it starts");
 */
export class TransientError extends TaskError {
  override name = "TransientError";
  override readonly transient = true;
}

/** A step was ended, because the run was interrupted and the step did not end by itself. */
export class InterruptedError extends TransientError {
  override name = "InterruptedError";
}
