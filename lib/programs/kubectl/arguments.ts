import { OptionError } from "#engine/errors.ts";

export interface Arguments {
  readonly inventory: string;
  readonly extraVars: readonly string[];
  /** What kubectl gets, untouched. */
  readonly words: readonly string[];
}

const options: Readonly<Record<string, "inventory" | "extraVars">> = {
  "-i": "inventory",
  "--inventory": "inventory",
  "-e": "extraVars",
  "--extra-vars": "extraVars",
};

/**
 * `-i mine.yaml get nodes`: the options of `play` that tell one cluster from another, as long as they come first.
 * From the first other word on all is kubectl's, whose commands have a -i and a -e of their own.
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
      throw new OptionError(`${name} wants ${option === "inventory" ? "an inventory file" : "variables"} after it`);
    if (option === "inventory") inventory = value;
    else extraVars.push(value);
    rest = rest.slice(given === undefined ? 2 : 1);
  }
}
