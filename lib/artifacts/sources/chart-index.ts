import { parse } from "yaml";
import { PlayError } from "#engine/errors.ts";

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** The sha256 of a chart's version in a chart repository's index.yaml. Throws PlayError if there is none. */
export function digestInIndex(text: string, chart: string, version: string, from: string): string {
  const versions = property(property(parse(text), "entries"), chart);
  const entry: unknown = Array.isArray(versions)
    ? versions.find((one) => property(one, "version") === version)
    : undefined;
  const digest = property(entry, "digest");
  if (typeof digest === "string" && /^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new PlayError(`${from}: no digest for version ${version} of the chart ${chart}`);
}
