/** The handlers that a host is owed, as of a time. */
export interface Owed {
  /** Milliseconds since the epoch, by the clock of the controller that wrote it. */
  readonly at: number;
  /** The keys of the handlers. */
  readonly handlers: readonly string[];
}

export const nothingOwed: Owed = { at: 0, handlers: [] };

/** Nothing for a text that cannot be read: it was cut off, or is of something else. */
export function readOwed(text: string): Owed {
  try {
    const { at, handlers } = JSON.parse(text) as Partial<Owed>;
    if (typeof at !== "number" || !Array.isArray(handlers)) return nothingOwed;
    return { at, handlers: handlers.filter((key) => typeof key === "string") };
  } catch {
    return nothingOwed;
  }
}

/**
 * What a host is owed by two lists of different places. The host's is newer where another checkout played it since; the
 * controller's is newer where its last write did not reach the host, whose list then still counts.
 */
export const agreed = (ofController: Owed, ofHost: Owed): readonly string[] =>
  ofHost.at > ofController.at ? ofHost.handlers : [...new Set([...ofController.handlers, ...ofHost.handlers])];
