import { InvalidArgumentError } from "commander";

/** Parses an option whose value is a positive whole number. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number of at least 1");
  return value;
}
