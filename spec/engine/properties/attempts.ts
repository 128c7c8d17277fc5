import { expect } from "chai";
import fc from "fast-check";
import { PlayError } from "#engine/errors.ts";
import { absolutePath } from "#engine/queries/keys.ts";
import { quote } from "#engine/shell/quote.ts";
import type { Task } from "#engine/tasks/task.ts";
import { hostileText } from "../../hostile.ts";
import { keep, namesOf, predict } from "../../lib/engine/resources/keep.ts";
import { host, on } from "../lab/host.ts";
import { cleared, stage } from "./scenes.ts";

interface Attempt {
  readonly task: Task;
  /** A script that prints everything that the task may have changed. */
  readonly all: string;
  /** If the task is accepted: a script that prints what it made, and the output. */
  readonly made: () => { readonly look: string; readonly wanted: string };
  readonly roleFolder?: string;
  /** The refusals that only a run can know. */
  readonly late?: RegExp;
  /** The refusals of a program, which a check foresees in words of its own. */
  readonly foreseen?: RegExp;
}

/**
 * Whatever the properties: either the task is refused with a message for people, in a check too, and nothing is changed;
 * or the host then has exactly what was asked, and a second run changes nothing.
 */
export async function isKeptOrRefused({ task, all, made, roleFolder, late, foreseen }: Attempt): Promise<void> {
  const writer = await host("engine-1");
  const before = await on("engine-1", all);
  const predicted = await errorOf(predict(writer, task, roleFolder));
  const refused = await errorOf(keep(writer, task, roleFolder));
  if (refused) {
    expect(refused).to.be.instanceOf(PlayError);
    if (foreseen?.test(refused.message)) expect(predicted, "what check mode says").to.be.instanceOf(PlayError);
    else if (!late?.test(refused.message)) expect(predicted?.message, "what check mode says").to.equal(refused.message);
    expect(await on("engine-1", all), "after a refusal").to.equal(before);
    return;
  }
  expect(predicted).to.equal(undefined);
  const { look, wanted } = made();
  expect(await on("engine-1", look)).to.equal(wanted.trimEnd());
  expect(namesOf(await keep(writer, task, roleFolder)), "the second time").to.deep.equal([]);
}

const errorOf = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

/** A shell word holds neither NUL nor half of a surrogate pair. */
export const isWord = (text: string): boolean => !text.includes("\0") && !/\p{Cs}/u.test(text);

export const inBase64 = (content: string | Uint8Array): string => Buffer.from(content).toString("base64");
const nameOrWord = fc.oneof(hostileText, fc.constantFrom("plain", "two words"));
export const path = nameOrWord.map((name) => `${stage}/${name}`);

/** Clears the stage, and makes the folder of a path if there can be one. */
export async function prepare(of: string): Promise<void> {
  const folder = plainOr(of, stage).replace(/\/[^/]*$/, "");
  await on("engine-1", `${cleared} && mkdir -p -- ${quote(folder)} && chattr -i ${stage} 2>/dev/null || :`);
}

export function plainOr(of: string, other: string): string {
  try {
    return absolutePath(of);
  } catch {
    return other;
  }
}

export const hostileOr = <T>(usual: T) => fc.oneof(hostileText, fc.constant(usual));
