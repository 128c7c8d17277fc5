import { TaskError } from "../../errors.ts";
import type { PackageListsState } from "../../queries/package-lists.ts";
import type { Difference } from "../../tasks/resource.ts";

/** Seconds. */
export const day = 24 * 60 * 60;

/** Throws TaskError for times that are none. */
export function checkSeconds(p: { readonly cacheValid?: number; readonly lockTimeout?: number }): void {
  for (const what of ["cacheValid", "lockTimeout"] as const) {
    const value = p[what];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0))
      throw new TaskError(`${what} is ${JSON.stringify(value)}, expected a whole number of seconds`);
  }
}

/** Package lists say nothing about the host: their age is no drift, and lists that must be new are fetched each time. */
export const listsDifference = ({ fresh }: PackageListsState): Difference[] =>
  fresh ? [] : [{ what: "package lists", before: "outdated", after: "fetched", always: true }];
