type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const typeName = "__ansible_type";

/**
 * A value of a module's result as plain JSON. Since ansible-core 2.19, a text that has tags, a time, a warning and an
 * error are objects with a type.
 */
export function untyped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untyped);
  if (!isFields(value)) return value;
  if (typeName in value) {
    if ("event" in value) return messageOf(value.event);
    for (const name of ["value", "iso8601", "msg"]) if (name in value) return untyped(value[name]);
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== typeName)
      .map(([name, part]) => [name, untyped(part)]),
  );
}

/** The message of an event, and of those that caused it. */
function messageOf(event: unknown): string {
  if (!isFields(event)) return "";
  const cause = isFields(event.chain) ? messageOf(event.chain.event) : "";
  return [event.msg, cause].filter((text): text is string => typeof text === "string" && text !== "").join(": ");
}
