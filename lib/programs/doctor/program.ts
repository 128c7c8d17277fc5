import { asProgram } from "#engine/cli/program.ts";
import { parseArguments } from "../kubectl/arguments.ts";
import { examineCluster } from "./cluster.ts";
import { doctorUpstream } from "./upstream/main.ts";

await asProgram(async (args) => {
  const { words, ...given } = parseArguments(args);
  const [subject, ...rest] = words;
  process.exitCode = subject === "upstream" ? await doctorUpstream(given, rest) : await examineCluster(args);
});
