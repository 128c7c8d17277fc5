import { asProgram } from "#engine/cli/program.ts";
import { OptionError } from "#engine/errors.ts";
import { parseArguments } from "../kubectl/arguments.ts";
import { doctorUpstream } from "./upstream/main.ts";

await asProgram(async (args) => {
  const { words, ...given } = parseArguments(args);
  const [subject, ...rest] = words;
  if (subject !== "upstream")
    throw new OptionError("expected npm run doctor -- [-i INVENTORY] [-e VARIABLE=VALUE] upstream [--from HOST]");
  process.exitCode = await doctorUpstream(given, rest);
});
