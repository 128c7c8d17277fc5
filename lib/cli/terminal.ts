import { Terminal } from "../report/index.ts";
import type { CommandLine } from "./options.ts";

export const terminal = (line: Pick<CommandLine, "diff" | "verbose">): Terminal =>
  new Terminal({
    diff: line.diff,
    verbosity: line.verbose,
    width: Math.min(process.stdout.columns || 80, 100),
    print: (text) => console.log(text),
  });
