import path from "node:path";
import { OptionError } from "../../errors.ts";
import type { SavedArguments, Mask, Seal } from "../../runner/index.ts";
import type { CommandLine } from "../options.ts";

/** Writes down what a run was given, so that it can be given again. `seal` is asked for where there is a secret in it. */
export function takeDown(line: CommandLine, root: string, mask: Mask, seal: () => Seal): SavedArguments {
  const { limit, tags, skipTags, extraVars, user, privateKey, become } = line;
  return {
    inventory: path.relative(root, path.resolve(root, line.inventory)),
    ...(limit !== undefined && { limit }),
    tags,
    skipTags,
    extraVars: extraVars.map((text) => (mask.cover(text) === text ? text : { secret: seal().digest(use, text) })),
    ...(user !== undefined && { user }),
    ...(privateKey !== undefined && { privateKey }),
    ...(become !== undefined && { become }),
  };
}

const use = "extra vars";

/** The command line with what was given before. Throws OptionError where a secret has to be given again. */
export function giveAgain(line: CommandLine, given: SavedArguments, seal: () => Seal): CommandLine {
  const rest = [...line.extraVars];
  const extraVars = given.extraVars.map((known) => {
    if (typeof known === "string") return known;
    const index = rest.findIndex((text) => seal().fits(known.secret, use, text));
    const [found] = index < 0 ? [] : rest.splice(index, 1);
    if (found === undefined)
      throw new OptionError(
        "it was made with a secret on the command line, which is not written down: give the same -e again",
      );
    return found;
  });
  if (rest.length > 0)
    throw new OptionError("-e is taken only for secrets that were given with it before; this one was not");
  return { ...line, ...given, extraVars };
}
