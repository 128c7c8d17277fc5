import type { Static, TOptional, TSchema } from "typebox";
import type { Location } from "../errors.ts";

/** Variables by name: type, default, description and whether secret, as JSON Schema. */
export type VarSpecs = Readonly<Record<string, TSchema>>;

/** The values that such variables have; one that is optional and has no default may be undefined. */
export type Values<S extends VarSpecs> = {
  readonly [K in keyof S]: Static<S[K]> | (S[K] extends TOptional ? undefined : never);
};

/** Names and indexes that lead into a value: `["containerd_mirrors", 0, "host"]`. */
export type Path = readonly (string | number)[];

/** What of a value was encrypted where it was written: shown nowhere. */
export interface Sealed {
  /** Whether a part of the value is secret or holds something that is. */
  readonly holds: (part: unknown) => boolean;
  /** The encrypted text that a part stands in; undefined where the whole file is encrypted. */
  readonly textOf: (part: string) => string | undefined;
}

/** One value somebody wrote, and where. */
export interface Assignment {
  readonly name: string;
  readonly value: unknown;
  /** The layer in words: "group_vars/masters.yaml", "host_vars/node-1.yaml", "--extra-vars". */
  readonly from: string;
  readonly where: Location;
  /** The place of a part of the value; that of the nearest part around it where it has none of its own. */
  readonly locate?: (path: Path) => Location;
  /** A string from `-e k=v`, or one that was encrypted: the schema says what type it becomes. */
  readonly untyped?: boolean;
  readonly sealed?: Sealed;
}
