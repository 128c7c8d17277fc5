import { field } from "#kubernetes/api/answers.ts";

/** Reading of API objects, whose shape nobody guarantees. */

/** A field by its path: `at(pod, "status", "phase")`. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => field(inner, name), value);

export const text = (value: unknown, ...path: readonly string[]): string => {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
};

export const number = (value: unknown, ...path: readonly string[]): number => {
  const found = Number(at(value, ...path));
  return Number.isFinite(found) ? found : 0;
};

export const list = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

export const nameOf = (object: unknown): string => text(object, "metadata", "name");

/** "kube-system/coredns" */
export const fullName = (object: unknown): string => `${text(object, "metadata", "namespace")}/${nameOf(object)}`;

/** The condition of a type: its status, reason and message. */
export function condition(object: unknown, type: string): { status: string; reason: string; message: string } {
  const found = list(object, "status", "conditions").find((one) => text(one, "type") === type);
  return { status: text(found, "status"), reason: text(found, "reason"), message: text(found, "message") };
}

/** Seconds since a time of the API, such as a creationTimestamp; 0 if there is none. */
export function secondsSince(now: Date, timestamp: string): number {
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? 0 : (now.getTime() - then) / 1000;
}
