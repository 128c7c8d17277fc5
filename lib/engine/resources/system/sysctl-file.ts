import path from "node:path";
import { TaskError } from "../../errors.ts";
import { parameterOf, writtenValue, type SysctlSetting } from "../../queries/sysctl-settings.ts";
import { isStoredAs } from "../../queries/sysctl.ts";
import type { Difference } from "../../tasks/resource.ts";
import { commentDifference, isOfHost } from "./comment-out.ts";

const isOf = (parameter: string | undefined) => (line: string) =>
  parameter !== undefined && parameterOf(line) === parameter;

/** The file with the parameter's line in it, once; other lines stay. */
export function withLine(text: string, own: string): string {
  const isOwn = isOf(parameterOf(own));
  const [first, ...more] = text.split("\n").filter(isOwn);
  if (first !== undefined && more.length === 0 && isStoredAs(writtenValue(own), writtenValue(first))) return text;
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const place = lines.findIndex(isOwn);
  const others = lines.filter((line) => !isOwn(line));
  return `${others.toSpliced(place < 0 ? others.length : place, 0, own).join("\n")}\n`;
}

/** The file without the lines of a parameter; undefined if nothing is left. */
export function withoutLine(text: string, name: string): string | undefined {
  const lines = text.split("\n");
  const others = lines.filter((line) => !isOf(parameterOf(`${name} =`))(line));
  if (others.length === lines.length) return text;
  return others.every((line) => line.trim() === "") ? undefined : others.join("\n");
}

/** The lines of later files that give the parameter another value at boot. */
export const contradictions = (
  settings: readonly SysctlSetting[],
  { dest, value, atLeast }: { readonly dest: string; readonly value: string; readonly atLeast: boolean },
): SysctlSetting[] =>
  settings
    .filter(({ file }) => path.basename(file) > path.basename(dest))
    .filter((other) => !(isStoredAs(value, other.value) || (atLeast && Number(other.value) > Number(value))));

/** Throws TaskError for a file that belongs to a package or to the running system. */
export function contradictionDifferences(found: readonly SysctlSetting[], dest: string): Difference[] {
  const other = found.find((one) => !isOfHost(one));
  if (other)
    throw new TaskError(
      `${other.file} is read after ${dest} and sets ${other.line.trim()}: name a \`file\` that sorts after ${path.basename(other.file)}`,
    );
  return found.map(commentDifference);
}
