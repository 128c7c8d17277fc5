/** Serializes a value for digests: the order of properties makes no difference. */
export const canonical = (value: unknown): string => JSON.stringify([ordered(value)]);

function ordered(value: unknown): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (value instanceof Map) return { map: [...value].map(([key, entry]) => [ordered(key), ordered(entry)]) };
  if (value instanceof Set) return { set: [...value].map(ordered) };
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, ordered(entry)]),
  );
}
