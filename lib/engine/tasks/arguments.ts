import { InputError } from "../errors.ts";
import { locationOf } from "../error-location.ts";
import { isLogin, loginRule } from "../schema/formats.ts";
import { isOutput } from "./output.ts";
import { prop, simple, type AnyRules } from "./properties.ts";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const named = simple<{ readonly name: string }>(
  "a host or its name",
  (value) => isRecord(value) && typeof value.name === "string",
);

/** What the methods of a task and the makers of handlers and blocks take. A play starts without a check of types. */
const rules = {
  notify: simple(
    'a handler, made by handler("Restart it", …)',
    (value) => isRecord(value) && Array.isArray(value.tasks),
  ),
  tagged: prop.text,
  when: simple("true, false or the output of a task", (value) => typeof value === "boolean" || isOutput(value)),
  retry: prop.shape({
    attempts: prop.number,
    delay: prop.optional(prop.number),
    until: prop.optional(prop.callback),
  }),
  timeout: simple(
    "seconds, a number above 0",
    (value) => typeof value === "number" && value > 0 && Number.isFinite(value),
  ),
  throttle: simple("a whole number of hosts, from 1", (value) => Number.isInteger(value) && (value as number) > 0),
  delegateTo: prop.either(prop.text, named),
  become: simple(`the name of a user, ${loginRule}`, (value) => typeof value === "string" && isLogin(value)),
  environment: prop.mapOf(prop.text),
  register: simple('a name made by register("token")', (value) => isRecord(value) && typeof value.on === "function"),
  handler: simple("a task", (value) => isRecord(value) && "does" in value),
  block: simple("a task or a block", (value) => isRecord(value) && ("does" in value || "rescued" in value)),
} satisfies AnyRules;

/** Returns the value. Throws InputError with the place of the call if the method cannot take it. */
export function argument<T>(method: keyof typeof rules, value: T): T {
  const [problem] = rules[method].problems(value, `${method}(${shown(method, value)})`);
  if (problem === undefined) return value;
  const where = locationOf(new Error());
  throw new InputError([{ message: problem, ...(where && { where }) }]);
}

/** A text may come from a secret. The name of a user cannot: every user of a host can read it. */
const shown = (method: keyof typeof rules, value: unknown): string => {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return method === "become" && typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : "…";
};

/** The same for each of several. */
export const argumentsOf = <T>(method: keyof typeof rules, values: readonly T[]): readonly T[] =>
  values.map((value) => argument(method, value));
