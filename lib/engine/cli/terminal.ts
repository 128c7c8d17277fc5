import { Terminal } from "../report/index.ts";
import type { CommandLine } from "./options.ts";
import { outputFailure } from "./output.ts";

/** Moves to the start of the line and clears it. */
const clear = "\r\u001b[2K";

export function terminal(line: Pick<CommandLine, "diff" | "verbose">): Terminal {
  const { stdout } = process;
  let rewritten = false;
  const clearStatus = (): void => {
    if (rewritten) stdout.write(clear);
    rewritten = false;
  };
  return new Terminal({
    diff: line.diff,
    verbosity: line.verbose,
    width: Math.min(stdout.columns || 80, 100),
    print: (text) => {
      clearStatus();
      console.log(text);
      const failure = outputFailure();
      if (failure) throw failure;
    },
    ...(stdout.isTTY && {
      status: (text: string) => {
        stdout.write(`${clear}${text}`);
        rewritten = true;
      },
    }),
  });
}
