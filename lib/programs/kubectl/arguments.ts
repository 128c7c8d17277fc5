import { OptionError } from "#engine/errors.ts";

export interface Arguments {
  readonly inventory: string;
  readonly extraVars: readonly string[];
  /** The arguments for kubectl, unchanged. */
  readonly words: readonly string[];
}

const options: Readonly<Record<string, "inventory" | "extraVars">> = {
  "-i": "inventory",
  "--inventory": "inventory",
  "-e": "extraVars",
  "--extra-vars": "extraVars",
};

/**
 * `-i mine.yaml get nodes`: accepts the options of `play` that select a cluster, as long as they come first.
 * From the first other word on, all arguments are kubectl's, whose commands have their own -i and -e.
 * Throws OptionError if an option has no value.
 */
export function parseArguments(args: readonly string[]): Arguments {
  let inventory = "hosts.yaml";
  const extraVars: string[] = [];
  let rest = args;
  for (;;) {
    const [, name = "", given] = /^(-[ie]|--inventory|--extra-vars)(?:=(.*))?$/s.exec(rest[0] ?? "") ?? [];
    const option = options[name];
    if (option === undefined) return { inventory, extraVars, words: rest };
    const value = given ?? rest[1];
    if (value === undefined || value === "")
      throw new OptionError(
        `${name} must be followed by ${option === "inventory" ? "an inventory file" : "variables"}`,
      );
    if (option === "inventory") inventory = value;
    else extraVars.push(value);
    rest = rest.slice(given === undefined ? 2 : 1);
  }
}
