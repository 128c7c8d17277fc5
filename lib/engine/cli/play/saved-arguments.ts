import path from "node:path";
import { OptionError } from "../../errors.ts";
import { inlineFiles } from "../../inventory/pattern.ts";
import type { SavedArguments, Mask, Seal } from "../../runner/index.ts";
import { inventoryIn } from "../inventories.ts";
import type { CommandLine } from "../options.ts";

/** Inventories by their paths relative to the project, and lists of hosts. */
export const inventoryNames = (given: readonly string[], root: string): string[] =>
  given.map((one) => path.relative(root, path.resolve(root, inventoryIn(root, one))));

/** The arguments of a run, for a later run to use again. If one holds a secret, `seal` is called for its digest. */
export function saveArguments(line: CommandLine, root: string, mask: Mask, seal: () => Seal): SavedArguments {
  const { limit, tags, skipTags, extraVars, user, privateKey, become, forceHandlers, startAtTask } = line;
  return {
    inventory: inventoryNames(line.inventory, root),
    ...(limit !== undefined && { limit: inlineFiles(limit) }),
    tags,
    skipTags,
    extraVars: extraVars.map((text) => (mask.isIn(text) ? { secret: seal().digest(use, text) } : text)),
    ...(user !== undefined && { user }),
    ...(privateKey !== undefined && { privateKey }),
    ...(become !== undefined && { become }),
    ...(forceHandlers && { forceHandlers }),
    ...(startAtTask !== undefined && { startAtTask }),
  };
}

const use = "extra vars";

/** The command line with the saved arguments. Throws OptionError if a secret must be given again. */
export function restoreArguments(line: CommandLine, given: SavedArguments, seal: () => Seal): CommandLine {
  const rest = [...line.extraVars];
  const extraVars = given.extraVars.map((known) => {
    if (typeof known === "string") return known;
    const index = rest.findIndex((text) => seal().fits(known.secret, use, text));
    const [found] = index < 0 ? [] : rest.splice(index, 1);
    if (found === undefined)
      throw new OptionError("the earlier run had a secret in -e, which is not saved: give the same -e again");
    return found;
  });
  if (rest.length > 0)
    throw new OptionError("-e accepts only the secrets of the earlier run; this one was not given there");
  // A run of an earlier version has one path.
  return { ...line, ...given, inventory: [given.inventory].flat(), extraVars };
}
