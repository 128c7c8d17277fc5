import type { Static, TOptional, TSchema } from "typebox";
import type { Location } from "../errors.ts";

/**
 * Variables by name, each as JSON Schema (typebox) with type, default and description. `Secret(…)` marks a secret one.
 *
 * @example
 * const vars = { etcd_port: Type.Integer({ minimum: 1, default: 2379, description: "The port for clients." }) };
 */
export type VarSpecs = Readonly<Record<string, TSchema>>;

/** The values of declared variables, by name. An optional one without a default may be undefined. */
export type Values<S extends VarSpecs> = {
  readonly [K in keyof S]: Static<S[K]> | (S[K] extends TOptional ? undefined : never);
};

/** Names and indexes that lead into a value: `["containerd_mirrors", 0, "host"]`. */
export type Path = readonly (string | number)[];

/** The parts of a value that were encrypted in its file. They are never shown. */
export interface Sealed {
  /** Whether a part of the value was encrypted or contains a part that was. */
  readonly holds: (part: unknown) => boolean;
  /** The encrypted text of a part; undefined if the whole file is encrypted. */
  readonly textOf: (part: string) => string | undefined;
}

/** A value for a variable, and its place. */
export interface Assignment {
  readonly name: string;
  readonly value: unknown;
  /** The name of the layer: "group_vars/masters.yaml", "host_vars/node-1.yaml", "--extra-vars". */
  readonly from: string;
  readonly where: Location;
  /** The place of a part of the value; if it has none, that of the nearest enclosing part. */
  readonly locate?: (path: Path) => Location;
  /** Whether the value is a string from `-e k=v` or was encrypted: the schema determines its type. */
  readonly untyped?: boolean;
  readonly sealed?: Sealed;
}
