import { isDeepStrictEqual } from "node:util";
import type { Manifest } from "../api/manifest.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One entry of metadata.managedFields. */
interface Managed {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Fields;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The record of the fields that a manager applied by server-side apply; undefined if it applied none. */
export function appliedBy(object: unknown, manager: string): Managed | undefined {
  const metadata = isRecord(object) ? object.metadata : undefined;
  const entries = isRecord(metadata) && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return (entries as readonly Managed[]).find(
    (entry) => entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined,
  );
}

/**
 * Whether it is certain that applying the manifest again would change nothing: exactly its fields are recorded as
 * applied, and each has its value. False means that only the API can tell, which knows defaults and other notations of
 * a value ("1000m", "1"). So false costs a request, but is never wrong.
 */
export function isKept(object: unknown, manifest: Manifest, manager: string): boolean {
  const managed = appliedBy(object, manager);
  if (managed?.fieldsV1 === undefined || managed.apiVersion !== manifest.apiVersion) return false;
  return isSame(managed.fieldsV1, noted(manifest), object);
}

/** The fields of a manifest that are recorded at all: those that identify the object are not. */
function noted(manifest: Manifest): Fields {
  const { metadata, ...fields } = manifest;
  const rest = without(metadata, ["name", "namespace", "creationTimestamp"]);
  return {
    ...without(fields, ["apiVersion", "kind", "status"]),
    ...(Object.keys(rest).length > 0 && { metadata: rest }),
  };
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

function isSame(fields: unknown, wanted: unknown, is: unknown): boolean {
  // "." means that the map or the item itself was applied, in addition to its fields.
  const names = isRecord(fields) ? Object.keys(fields).filter((name) => name !== ".") : [];
  // Empty: a value, or a list or map that is replaced as a whole.
  if (!isRecord(fields) || names.length === 0) return isDeepStrictEqual(wanted, is);
  if (Array.isArray(wanted)) return Array.isArray(is) && isSameList(fields, names, wanted, is);
  if (!isRecord(wanted) || !isRecord(is) || names.length !== Object.keys(wanted).length) return false;
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(fields, `f:${name}`) && isSame(fields[`f:${name}`], value, is[name]),
  );
}

/** A list whose items are identified by key fields ("k:"), or by their value ("v:"). */
function isSameList(fields: Fields, names: readonly string[], wanted: readonly unknown[], is: readonly unknown[]) {
  if (names.length !== wanted.length) return false;
  let before = -1;
  const left = new Set(names);
  return wanted.every((item) => {
    const name = names.find((one) => left.has(one) && isNamed(one, item));
    const place = name === undefined ? -1 : is.findIndex((one) => isItem(name, one));
    if (name === undefined || place <= before) return false;
    left.delete(name);
    before = place;
    return name.startsWith("v:") || isSame(fields[name], item, is[place]);
  });
}

/** Whether a manifest's item may be the one of this name: a key field that it omits has its default. */
const isNamed = (name: string, item: unknown): boolean =>
  name.startsWith("k:")
    ? isRecord(item) && Object.entries(keysIn(name)).every(([key, value]) => (item[key] ?? value) === value)
    : isItem(name, item);

const isItem = (name: string, item: unknown): boolean =>
  name.startsWith("k:")
    ? isRecord(item) && Object.entries(keysIn(name)).every(([key, value]) => item[key] === value)
    : name.startsWith("v:") && isDeepStrictEqual(JSON.parse(name.slice(2)), item);

const keysIn = (name: string): Fields => JSON.parse(name.slice(2)) as Fields;
