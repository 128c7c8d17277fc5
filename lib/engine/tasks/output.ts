/** A value that exists only once a task has run. */
export interface Output<T> {
  readonly kind: "output";
  readonly source: Source;
  /** Makes the value of what the task gave. */
  readonly read: (made: unknown) => T;
  /** Stands in for an output that is not made. */
  readonly fallback?: { readonly value: T };
  /** The output of `f` for the value. */
  map<U>(f: (value: T) => U): Output<U>;
  /** The same output with a value to use if it is not made: its host failed, or another playbook made it. */
  or<U>(value: U): Output<T | U>;
}
/** A task, identified by its object. */
interface Maker {
  readonly name: string;
  readonly props: object;
}
/** The task of the same host and play that makes the value, or the name under which a host registered it. */
export type Source = Maker | { readonly registered: string; readonly host: string };

/** Properties of which each may be the output of an earlier task instead of a value. */
export type Lazy<Props> = { readonly [K in keyof Props]: Props[K] | Output<Props[K]> };

/** A name for an output that other plays and other hosts read. It is made once and shared by the roles that need it. */
export interface Register<T> {
  readonly name: string;
  /** The output of that host's task. In the same play, that host must run the task first: see barrier(). */
  on(host: { readonly name: string } | string): Output<T>;
}

export const outputOf = <T>(
  source: Source,
  read: (made: unknown) => T = (made) => made as T,
  fallback?: { readonly value: T },
): Output<T> => ({
  kind: "output",
  source,
  read,
  ...(fallback && { fallback }),
  map: (f) => outputOf(source, (made) => f(read(made)), fallback && { value: f(fallback.value) }),
  or: <U>(value: U) => outputOf<T | U>(source, read, { value }),
});

/**
 * Names an output for other plays and other hosts. A task that reads it before it is made fails; in check mode such an
 * output is unknown.
 *
 * @example
 * const token = register<CommandOutput>("token");
 * const make = command("Make a token", { run: "openssl rand -hex 16" }).register(token);
 * const use = file("Write it", { dest: "/etc/token", content: token.on("cp-1").map(({ stdout }) => stdout) });
 */
export const register = <T>(name: string): Register<T> => ({
  name,
  on: (host) => outputOf<T>({ registered: name, host: typeof host === "string" ? host : host.name }),
});

export const isOutput = (value: unknown): value is Output<unknown> =>
  typeof value === "object" &&
  value !== null &&
  (value as Partial<Output<unknown>>).kind === "output" &&
  "source" in value;

/** An output; `secret` if there is a secret in its task. */
export interface MadeOutput {
  readonly value: unknown;
  readonly secret?: boolean;
}

/** Looks up an output; undefined if it is not made yet. */
export type Made = (source: Source) => MadeOutput | undefined;

/** The properties with every output replaced by its value; undefined if one is not made yet. */
export function resolve(props: object, made: Made): object | undefined {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(props)) {
    if (!isOutput(value)) entries.push([key, value]);
    else {
      const found = made(value.source);
      if (!found && !value.fallback) return undefined;
      entries.push([key, found ? value.read(found.value) : value.fallback?.value]);
    }
  }
  return Object.fromEntries(entries);
}

/** Whether a fallback stands in for an output that may still be made. */
export const isProvisional = (props: object, made: Made): boolean =>
  Object.values(props).some((value) => isOutput(value) && value.fallback !== undefined && !made(value.source));
