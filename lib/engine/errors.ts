/** Where in a file a problem is; line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export const at = ({ file, line, column }: Location): string =>
  [file, line, column].filter((part) => part !== undefined).join(":");

/** What an error comes from at bottom: "fetch failed" says nothing, and of a name with several addresses each may have failed. */
export function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return error.errors.map(rootCause).join(", ");
  return error.cause instanceof Error ? rootCause(error.cause) : error.message;
}

/** The family of every error that is meant for a person: what, where, what was expected, what to do. */
export class PlayError extends Error {
  override name = "PlayError";
}

/** Throws what failed of several works: a single failure as it is, more of them in one error. Does nothing where none failed. */
export function throwAll(failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const messages = failures.map((error) => (error instanceof Error ? error.message : String(error)));
    throw new PlayError(messages.join("\n"), { cause: failures[0] });
  }
}

/** One wrong thing in what the user wrote: found before the first connection. */
export interface Problem {
  readonly message: string;
  readonly where?: Location;
}

const sentence = ({ message, where }: Problem): string => (where ? `${at(where)}: ${message}` : message);

/** Everything wrong in the input, all at once. Nothing was changed. */
export class InputError extends PlayError {
  override name = "InputError";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(sentence).join("\n"));
    this.problems = problems;
  }
}

/** A command line that cannot be: exit code 5. */
export class OptionError extends PlayError {
  override name = "OptionError";
}

/** No connection, or a lost one: the host is unreachable, the others go on. */
export class UnreachableError extends PlayError {
  override name = "UnreachableError";
  readonly host: string;
  /** No second try helps, such as with a key that the host does not take. */
  readonly final: boolean;
  constructor(host: string, message: string, { final = false, ...options }: ErrorOptions & { final?: boolean } = {}) {
    super(message, options);
    this.host = host;
    this.final = final;
  }
}

/** A command that was sent and not run, because one before it in its chain failed. */
export class NotRunError extends PlayError {
  override name = "NotRunError";
  constructor() {
    super("Not run, because what came before it failed.");
  }
}

/** A task that failed on a host. */
export class TaskError extends PlayError {
  override name = "TaskError";
  /** What failed may pass by itself. */
  readonly transient: boolean = false;
}

/** It failed by something that may pass by itself, such as a server that does not answer: a second run may help. */
export class TransientError extends TaskError {
  override name = "TransientError";
  override readonly transient = true;
}
