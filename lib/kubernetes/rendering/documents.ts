import { parseAllDocuments } from "yaml";
import { PlayError } from "#engine/errors.ts";
import type { Manifest } from "../api/manifest.ts";

/** Returns the objects of a text of YAML documents; lists are expanded. `from` names the text in errors. */
export function manifestsIn(text: string, from: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new PlayError(`${from}: ${error.message}`);
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : objectsOf(value, from);
  });
}

function objectsOf(value: unknown, from: string): Manifest[] {
  if (isList(value)) return value.items.flatMap((item) => objectsOf(item, from));
  if (isManifest(value)) return [value];
  const shown = JSON.stringify(value).slice(0, 80);
  throw new PlayError(`${from}: ${shown} is not a Kubernetes object: expected apiVersion, kind and metadata.name`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
const isList = (value: unknown): value is { readonly items: readonly unknown[] } =>
  isRecord(value) && typeof value.kind === "string" && value.kind.endsWith("List") && Array.isArray(value.items);
const isManifest = (value: unknown): value is Manifest =>
  isRecord(value) &&
  typeof value.apiVersion === "string" &&
  typeof value.kind === "string" &&
  isRecord(value.metadata) &&
  typeof value.metadata.name === "string";
