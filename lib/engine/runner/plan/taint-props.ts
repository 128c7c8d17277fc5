import { scrambled } from "../../schema/other-secrets.ts";
import { isOutput, type Made } from "../../tasks/output.ts";
import { markTaint, same } from "../../tasks/taint.ts";
import { locatedProps, type PlannedTask } from "./plan.ts";

/**
 * Finds the properties of a task that come from secrets, and marks them: those that its twin has otherwise, and those
 * that are an output of a task with a secret. Returns whether there is a secret in the task.
 */
export function taintProps(planned: PlannedTask, props: object, made: Made): boolean {
  const { task, twins } = planned;
  const takesSecrets = Object.values(task.props).some((value) => isOutput(value) && made(value.source)?.secret);
  if (twins || takesSecrets) {
    const other = attempt(() => otherProps(planned, made));
    const names = other ? differing(props, other) : Object.keys(props);
    const exports = twins?.of(task)?.exports ?? task.exports;
    if (names.length > 0 || !same(task.exports, exports)) {
      markTaint(props, { names: new Set(names), ...(other && { other }), cover: twins?.cover });
      return true;
    }
  }
  return (props as { readonly secret?: unknown }).secret === true;
}

/** The properties that other secrets would make; undefined if they are not known. */
function otherProps({ task, role, twins }: PlannedTask, made: Made): object | undefined {
  const twin = twins ? twins.of(task) : task;
  if (!twin) return undefined;
  const entries = Object.entries(twin.props).map(([name, value]): [string, unknown] => {
    if (!isOutput(value)) return [name, value];
    const output = made(twins?.sourceOf(value.source) ?? value.source);
    if (!output) throw new Error("its output is not made yet");
    const read = value.read(output.value);
    return [name, output.secret ? scrambled(read) : read];
  });
  return locatedProps(twin, role, Object.fromEntries(entries));
}

const differing = (props: object, other: object): string[] => {
  const others = new Map(Object.entries(other));
  const own = Object.entries(props);
  return [
    ...own.filter(([name, value]) => !same(value, others.get(name))).map(([name]) => name),
    ...[...others.keys()].filter((name) => !Object.hasOwn(props, name)),
  ];
};

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};
