import { createTwoFilesPatch } from "diff";
import { notAsked, type ShownDifference } from "../runner/index.ts";

const isText = (value: unknown): value is string => typeof value === "string";
const shownValue = (value: unknown): string =>
  value === undefined ? "absent" : isText(value) ? value.replaceAll("\n", "\\n") : JSON.stringify(value);

/** One line: what differs and how. */
export function inBrief({ what, before, after }: ShownDifference): string {
  if (before === undefined && after === undefined) return what;
  return before === notAsked ? `${what} differs` : `${what}: ${shownValue(before)} → ${shownValue(after)}`;
}

/** Text of several lines as a unified diff, with the subject of the task in its header; anything else in one line. */
export function inFull(difference: ShownDifference, label = ""): string[] {
  const { what, before, after } = difference;
  const manyLines = [before, after].some((side) => isText(side) && side.includes("\n"));
  if (!manyLines || ![before, after].every((side) => isText(side) || side === undefined)) return [inBrief(difference)];
  const of = label === "" || what !== "content" ? [label, what].filter(Boolean).join(": ") : label;
  const names = [`before: ${of}`, `after: ${of}`] as const;
  const patch = createTwoFilesPatch(...names, text(before), text(after), "", "", { context: 3, timeout });
  // It gives up on long texts that have little in common, for which it would take hours.
  return patch?.split("\n").filter((line) => line !== "" && !/^=+$/.test(line)) ?? wholly(difference);
}

/** Milliseconds. */
const timeout = 1000;
const shownLines = 20;

/** The first lines of both sides, of texts that are too different for a diff. */
function wholly({ what, before, after }: ShownDifference): string[] {
  const lines = (sign: string, side: unknown): string[] => {
    const all = text(side).split("\n");
    const more = all.length > shownLines ? [`${sign}… and ${String(all.length - shownLines)} more lines`] : [];
    return [...all.slice(0, shownLines).map((line) => `${sign}${line}`), ...more];
  };
  return [`${what}: too different to be compared line by line`, ...lines("-", before), ...lines("+", after)];
}

const text = (value: unknown): string => (isText(value) ? value : "");
