import { unknown, type Difference, type Effect, type Step } from "#engine/tasks/resource.ts";
import { idOf, type Query } from "#engine/queries/define.ts";
import type { AnyResource, Task } from "#engine/tasks/task.ts";

/** The resource of a task, with the task's properties. */
export interface Subject {
  readonly label: string;
  readonly needs: Readonly<Record<string, Query<unknown>>>;
  readonly diff: (now: object) => readonly Difference[];
  /** The steps for all differences; a shell step as its text, an upload with its content as text. */
  readonly steps: (now: object) => readonly unknown[];
  readonly rawSteps: (now: object) => readonly Step[];
  /** The problems of a change with an answer, by the queries that a check asks, as words. */
  readonly problems: (now: object, answer: unknown) => Readonly<Record<string, string | undefined>>;
  readonly forecast: (now: object) => Readonly<Record<string, unknown>>;
  readonly warnings: (now: object) => readonly string[];
  /** What the answer to another query of a kind becomes in a forecast, after a change with these differences. */
  readonly becomes: (found: readonly Difference[], kind: string, state: unknown, key?: string) => unknown;
  /** Its effects on states other than its needs, described in words, with the new state if it is known. */
  readonly effects: Readonly<Record<string, unknown>>;
}

export function subject(task: Task, roleFolder = "/role"): Subject {
  if (!("resource" in task.does)) throw new Error(`${task.name} is an action`);
  const resource: AnyResource = task.does.resource;
  const props: unknown = resource.locate ? resource.locate(task.props, roleFolder) : task.props;
  const diff = (now: object) => resource.diff(now, props);
  const rawSteps = (now: object) => {
    const found = diff(now);
    return [...resource.apply(found, now, props), ...(resource.together?.(found, now, props) ?? [])];
  };
  const effects = resource.effects?.(props, [{ what: "state", before: "absent", after: "present" }]) ?? [];
  return {
    label: resource.label(props),
    needs: resource.needs(props) as Readonly<Record<string, Query<unknown>>>,
    diff,
    rawSteps,
    steps: (now) => rawSteps(now).map(readable),
    problems: (now, answer) =>
      Object.fromEntries(
        (resource.requires?.(props, now) ?? []).map(({ query, problem }) => [words(query), problem(answer)]),
      ),
    forecast: (now) => resource.forecast(now, props) as Readonly<Record<string, unknown>>,
    warnings: (now) => resource.warnings?.(now, props) ?? [],
    becomes: (found, kind, state, key = "") =>
      (resource.effects?.(props, found) ?? []).reduce<unknown>(
        (before, effect) =>
          effect !== "everything" && "kind" in effect && effect.kind === kind && effect.becomes
            ? effect.becomes(before, key)
            : before,
        state,
      ),
    effects: Object.fromEntries(effects.map(named)),
  };
}

/** The queries of a resource, as words: "path /etc/hosts". */
export const asked = ({ needs }: Subject): string[] => Object.values(needs).map(words);

const words = (query: Query<unknown>): string => idOf(query).replace("\0", " ");
const named = (effect: Effect): [string, unknown] => {
  if (effect === "everything") return [effect, "asked anew"];
  if ("kind" in effect) return [`every ${effect.kind}`, "asked anew"];
  const state = isToCome(effect.state) ? "unknown" : effect.state;
  return "query" in effect ? [words(effect.query), state] : [`below ${effect.below}`, state];
};

/** Whether the state, or at least the digest in it, is only known after apply. */
const isToCome = (state: unknown): boolean =>
  state === unknown || JSON.stringify([state]).includes('"sha256":"known after apply');

function readable(step: Step): unknown {
  if (typeof step === "string" || !("upload" in step)) return step;
  const { upload, ...all } = step;
  const rest = Object.fromEntries(Object.entries(all).filter(([name]) => name !== "sha256"));
  if (typeof upload === "function") return { upload, ...rest };
  return { upload: "file" in upload ? upload.file : Buffer.from(upload.bytes).toString("utf8"), ...rest };
}
