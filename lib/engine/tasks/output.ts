/** A value that exists only once a task has run. */
export interface Output<T> {
  readonly kind: "output";
  readonly source: Source;
  readonly read: (made: unknown) => T;
  map<U>(f: (value: T) => U): Output<U>;
}
/** A task, known by its identity. */
interface Maker {
  readonly name: string;
  readonly props: object;
}
/** The task of the same host and play that makes the value, or the name a host registered it under. */
export type Source = Maker | { readonly registered: string; readonly host: string };

export type Lazy<Props> = { readonly [K in keyof Props]: Props[K] | Output<Props[K]> };

/** A name for an output that other plays and other hosts read: a value, made once and shared by the roles that need it. */
export interface Register<T> {
  readonly name: string;
  /** What the task of this host made. In the same play that host has to come first: see barrier(). */
  on(host: { readonly name: string } | string): Output<T>;
}

export const outputOf = <T>(source: Source, read: (made: unknown) => T = (made) => made as T): Output<T> => ({
  kind: "output",
  source,
  read,
  map: (f) => outputOf(source, (made) => f(read(made))),
});

export const register = <T>(name: string): Register<T> => ({
  name,
  on: (host) => outputOf<T>({ registered: name, host: typeof host === "string" ? host : host.name }),
});

export const isOutput = (value: unknown): value is Output<unknown> =>
  typeof value === "object" &&
  value !== null &&
  (value as Partial<Output<unknown>>).kind === "output" &&
  "source" in value;

/** Knows the outputs there are so far; undefined for one that is not made. */
export type Made = (source: Source) => { readonly value: unknown } | undefined;

/** The properties with every output replaced by its value; undefined while one is not made yet. */
export function resolve(props: object, made: Made): object | undefined {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(props)) {
    if (!isOutput(value)) entries.push([key, value]);
    else {
      const found = made(value.source);
      if (!found) return undefined;
      entries.push([key, value.read(found.value)]);
    }
  }
  return Object.fromEntries(entries);
}
