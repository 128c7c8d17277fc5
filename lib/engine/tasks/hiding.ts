import { PlayError } from "../errors.ts";
import { covered } from "../schema/covered.ts";
import { quietly } from "./hidden-errors.ts";
import type { Action, Difference, Resource, Step } from "./resource.ts";
import { differingPart, same, taintOf, withoutSecret, type Taint } from "./taint.ts";

/* eslint-disable @typescript-eslint/no-explicit-any -- resources and actions of every shape */
type AnyResource = Resource<any, any, any, any>;
type AnyAction = Action<any>;
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The same resource, which shows nothing that comes from a secret. */
export const hidingResource = (resource: AnyResource): AnyResource => ({
  ...resource,
  label: (props: object) => shownText(props, resource.label),
  ...(resource.labelOfChange && {
    labelOfChange: (found: readonly Difference[], props: object) =>
      shownText(props, (those) => resource.labelOfChange?.(found, those) ?? ""),
  }),
  ...(resource.warnings && {
    warnings: (now: object, props: object) =>
      (resource.warnings?.(now, props) ?? []).map((warning, index) =>
        shownText(props, (those) => (those === props ? warning : (resource.warnings?.(now, those)[index] ?? ""))),
      ),
  }),
  ...(resource.hint && { hint: (props: object) => shownText(props, (those) => resource.hint?.(those) ?? "") }),
  diff: (now: object, props: object) =>
    isHidden(props) ? differencesOf(resource, now, props) : resource.diff(now, props),
  apply: (found: readonly Difference[], now: object, props: object) =>
    hiddenSteps(props, resource.apply(found, now, props)),
  ...(resource.judge && {
    judge: (results: Parameters<NonNullable<AnyResource["judge"]>>[0], props: object) => {
      const judged = () => resource.judge?.(results, props) ?? "changed";
      return isHidden(props) ? quietly(judged) : judged();
    },
  }),
});

/** The same action, which shows nothing that comes from a secret. */
export const hidingAction = (action: AnyAction): AnyAction => ({
  ...action,
  label: (props: object) => shownText(props, action.label),
  steps: (props: object) => hiddenSteps(props, action.steps(props)),
});

/** An error's message without the properties that come from secrets. */
export function shownMessage(props: object | undefined, message: string): string {
  const { names, other, cover = (text: string) => text } = (props && taintOf(props)) ?? {};
  const others = new Map<string, unknown>(Object.entries(other ?? {}));
  const own = Object.entries(props ?? {}).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === "string" && entry[1] !== "" && names?.has(entry[0]) === true,
  );
  const [short, long] = [own.filter(([, text]) => isShort(text)), own.filter(([, text]) => !isShort(text))];
  const texts = long.flatMap(([name, text]) => [text, ...secretPart(text, others.get(name))]);
  // A part of a known secret must not be covered alone: the rest would be shown.
  const shown = [...texts, ...texts.map(cover)]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, text) => rest.replaceAll(text, covered), cover(message));
  return short.reduce((rest, [, text]) => withoutWord(rest, text), shown);
}

/** Such texts are parts of ordinary words: they count only if they stand alone. */
const isShort = (text: string): boolean => text.length < 4;

const withoutWord = (message: string, word: string): string =>
  message.replaceAll(word, (found: string, at: number, whole: string) =>
    /[\p{L}\p{N}]/u.test(whole.charAt(at - 1) + whole.charAt(at + word.length)) ? found : covered,
  );

/** A program may print a part of a property, such as the folder of a path. A shorter part would cover ordinary words. */
const secretPart = (text: string, other: unknown): string[] =>
  typeof other === "string" ? [differingPart(text, other)].filter((part) => part.length >= 3) : [];

/** Whether a task with these properties shows no output. */
export const isHidden = (props: object): boolean =>
  taintOf(props) !== undefined || (props as { readonly secret?: unknown }).secret === true;

function shownText(props: object, textOf: (props: object) => string): string {
  const text = textOf(props);
  const { other, cover } = taintOf(props) ?? {};
  return other ? withoutSecret(text, attempt(() => textOf(other)) ?? "", cover) : text;
}

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

function differencesOf(resource: AnyResource, now: object, props: object): readonly Difference[] {
  const taint = taintOf(props);
  const found = withShownErrors(taint, props, (those) => quietly(() => resource.diff(now, those)));
  if (!taint) return found;
  const { other, cover } = taint;
  const others = other && attempt(() => resource.diff(now, other));
  return found.map((difference, index) => {
    const { what, before } = difference;
    const isNamed = !others || others.some((one) => one.what === what);
    const shownAs = isNamed ? what : withoutSecret(what, others[index]?.what ?? "", cover);
    const named = { ...difference, ...(shownAs !== what && { shownAs }) };
    if (!isSecretPart(resource, props, taint, what)) return named;
    // The host need not be asked for what is not shown.
    return { ...named, ...(isQuery(before) && { before: undefined }), secret: true };
  });
}

/** Whether a difference comes from a part of the properties that has a secret in it, or from an unknown part. */
function isSecretPart(resource: AnyResource, props: object, { other, names }: Taint, what: string): boolean {
  if (!resource.parts) return !(what in props) || names.has(what);
  const parts = resource.parts(props);
  const others: Readonly<Record<string, unknown>> | undefined = other && attempt(() => resource.parts?.(other) ?? {});
  return !Object.hasOwn(parts, what) || !others || !same(parts[what], others[what]);
}

const isQuery = (value: unknown): boolean => typeof value === "object" && value !== null && "of" in value;

/** An error names what the properties say, and what they say otherwise on the host: that can be an older secret. */
function withShownErrors<T>(taint: Taint | undefined, props: object, work: (props: object) => T): T {
  try {
    return work(props);
  } catch (error) {
    const { other } = taint ?? {};
    if (other && error instanceof PlayError && errorOf(() => work(other))?.message !== error.message)
      error.message = "the reason is not shown, because there is a secret in it";
    throw error;
  }
}

function errorOf(work: () => unknown): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : undefined;
  }
}

/** The same steps, of which no program shows its output. */
const hiddenSteps = (props: object, steps: readonly Step[]): readonly Step[] =>
  isHidden(props) ? steps.map((step) => hiddenStep(step, isOnlyInEnvironment(props))) : steps;

/** Whether no property comes from a secret, as the role shows that it plans with other secrets. */
function isOnlyInEnvironment(props: object): boolean {
  const { names, other } = taintOf(props) ?? {};
  return names?.size === 0 && other !== undefined && (props as { readonly secret?: unknown }).secret !== true;
}

function hiddenStep(step: Step, onlyInEnvironment: boolean): Step {
  if (typeof step === "string") return { sh: step, secret: true };
  if ("onController" in step) return step;
  if ("upload" in step) return step.validate === undefined ? step : { ...step, secret: true };
  if ("sh" in step) return onlyInEnvironment && step.printsNoEnvironment ? step : { ...step, secret: true };
  return {
    ...step,
    secret: true,
    overConnection: (writer, surroundings) =>
      step.overConnection(writer, { ...surroundings, progress: () => undefined }),
  };
}
