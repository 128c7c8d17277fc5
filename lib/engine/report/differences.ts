import { createTwoFilesPatch } from "diff";
import type { ShownDifference } from "../runner/index.ts";

const isText = (value: unknown): value is string => typeof value === "string";
const shownValue = (value: unknown): string =>
  value === undefined ? "absent" : isText(value) ? value : JSON.stringify(value);

/** One line: what differs and how. */
export const inBrief = ({ what, before, after }: ShownDifference): string =>
  before === undefined && after === undefined ? what : `${what}: ${shownValue(before)} → ${shownValue(after)}`;

/** Text of several lines as a unified diff, anything else in one line. */
export function inFull(difference: ShownDifference): string[] {
  const { what, before, after } = difference;
  const manyLines = [before, after].some((side) => isText(side) && side.includes("\n"));
  if (!manyLines || ![before, after].every((side) => isText(side) || side === undefined)) return [inBrief(difference)];
  const patch = createTwoFilesPatch("before", "after", text(before), text(after), what, "", { context: 3 });
  return patch.split("\n").slice(1).filter(Boolean);
}

const text = (value: unknown): string => (isText(value) ? value : "");
