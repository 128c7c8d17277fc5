import { InvalidArgumentError } from "commander";

/** How many, as an option of a command line says it. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number of at least 1");
  return value;
}
