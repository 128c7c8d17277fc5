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

/** What server-side apply has noted of the fields that somebody applied; undefined where they applied nothing. */
export function appliedBy(object: unknown, manager: string): Managed | undefined {
  const metadata = isRecord(object) ? object.metadata : undefined;
  const entries = isRecord(metadata) && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return (entries as readonly Managed[]).find(
    (entry) => entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined,
  );
}

/**
 * Whether it is certain that applying the manifest once more would change nothing: exactly its fields are noted as
 * applied, and each has its value. False means that only the API can tell, which knows defaults and other ways to write
 * a value ("1000m", "1"); so a false answer costs a question and is never a wrong one.
 */
export function isKept(object: unknown, manifest: Manifest, manager: string): boolean {
  const managed = appliedBy(object, manager);
  if (managed?.fieldsV1 === undefined || managed.apiVersion !== manifest.apiVersion) return false;
  return isSame(managed.fieldsV1, noted(manifest), object);
}

/** What of a manifest is noted at all: not what identifies the object. */
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
  // "." says that the map or the item itself was applied, beside what is in it.
  const names = isRecord(fields) ? Object.keys(fields).filter((name) => name !== ".") : [];
  // Nothing in it: a value, or a list or map that is replaced as a whole.
  if (!isRecord(fields) || names.length === 0) return isDeepStrictEqual(wanted, is);
  if (Array.isArray(wanted)) return Array.isArray(is) && isSameList(fields, names, wanted, is);
  if (!isRecord(wanted) || !isRecord(is) || names.length !== Object.keys(wanted).length) return false;
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(fields, `f:${name}`) && isSame(fields[`f:${name}`], value, is[name]),
  );
}

/** A list whose items are known by some of their fields ("k:"), or by themselves ("v:"). */
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

/** Whether a manifest's item may be the one of this name: a key that it leaves out has its default. */
const isNamed = (name: string, item: unknown): boolean =>
  name.startsWith("k:")
    ? isRecord(item) && Object.entries(keysIn(name)).every(([key, value]) => (item[key] ?? value) === value)
    : isItem(name, item);

const isItem = (name: string, item: unknown): boolean =>
  name.startsWith("k:")
    ? isRecord(item) && Object.entries(keysIn(name)).every(([key, value]) => item[key] === value)
    : name.startsWith("v:") && isDeepStrictEqual(JSON.parse(name.slice(2)), item);

const keysIn = (name: string): Fields => JSON.parse(name.slice(2)) as Fields;
