import { applyPatch, type Operation } from "rfc6902";
import { PlayError } from "#engine/errors.ts";
import { objectName, type Manifest } from "../api/manifest.ts";
import { withArguments, type Arguments } from "./arguments.ts";

/** Identifies an object. `namespace` is required only if several namespaces have an object of this kind and name. */
export interface Meant {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/**
 * A change of an upstream object, as data.
 *
 * @example
 * const patches: readonly Patch[] = [
 *   { kind: "Deployment", name: "web", patch: { spec: { replicas: 2 } } },
 *   { kind: "Deployment", name: "web", args: { container: "web", replaced: { "--log-level": "warn" } } },
 * ];
 */
export type Patch = Meant &
  (
    | {
        /** A JSON merge patch (RFC 7396): it sets fields, null removes a field, a list is replaced as a whole. */
        readonly patch: object;
      }
    | {
        /**
         * JSON patch operations (RFC 6902), for changes within lists:
         * { op: "add", path: "/spec/template/spec/containers/0/args/-", value }.
         */
        readonly operations: readonly Operation[];
      }
    | {
        /** Flags of a workload's container; flags that are not named stay. */
        readonly args: Arguments;
      }
  );

export interface Changes {
  readonly patches?: readonly Patch[];
  /** Objects that are left out. */
  readonly without?: readonly Meant[];
}

/** Objects that an addon adds to upstream's. They may hold late values and secrets, so they are not cached. */
export interface ExtraObjects {
  readonly beside?: readonly Manifest[];
}

/** Returns the objects with these changes applied. Throws PlayError if a change does not match exactly one object. */
export function changed(objects: readonly Manifest[], { patches = [], without = [] }: Changes, of: string): Manifest[] {
  const all = patches.reduce<readonly Manifest[]>((before, patch) => {
    const found = find(before, patch, of, "patch");
    return before.map((object) => (object === found ? patched(object, patch, of) : object));
  }, objects);
  const left = without.map((meant) => find(all, meant, of, "leave out"));
  return all.filter((object) => !left.includes(object));
}

function find(objects: readonly Manifest[], { kind, name, namespace }: Meant, of: string, what: string): Manifest {
  const found = objects.filter(
    (object) =>
      object.kind === kind &&
      object.metadata.name === name &&
      (namespace === undefined || object.metadata.namespace === namespace),
  );
  const [first, ...others] = found;
  const meant = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  if (first === undefined) throw new PlayError(`${of}: there is no ${meant} to ${what}: has upstream changed?`);
  if (others.length === 0) return first;
  throw new PlayError(
    `${of}: there are several ${meant} to ${what}: set the namespace of one (${found.map(objectName).join(", ")})`,
  );
}

function patched(object: Manifest, patch: Patch, of: string): Manifest {
  if ("patch" in patch) return merged(object, patch.patch) as Manifest;
  if ("args" in patch) return merged(object, withArguments(object, patch.args, of)) as Manifest;
  const copy = structuredClone(object);
  // applyPatch modifies its arguments.
  const failures = applyPatch(copy, structuredClone([...patch.operations])) as readonly (Error | null)[];
  const failed = failures.findIndex((failure) => failure !== null);
  if (failed === -1) return copy;
  const operation = patch.operations[failed];
  throw new PlayError(
    `${of}: ${objectName(object)} cannot be patched at ${operation?.path ?? ""} (${operation?.op ?? ""}): ` +
      `${failures[failed]?.name ?? "it failed"}: has upstream changed?`,
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Returns `is` with a JSON merge patch (RFC 7396) applied; neither argument is modified.
 *
 * @example
 * merged({ replicas: 1, paused: true }, { replicas: 2, paused: null }); // { replicas: 2 }
 */
export function merged(is: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(is) ? { ...is } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, name);
    else result[name] = merged(result[name], value);
  }
  return result;
}
