let failure: Error | undefined;

/** Why standard output or standard error cannot be written to, such as a full disk; undefined if they can. */
export const outputFailure = (): Error | undefined => failure;

/**
 * Keeps the program alive if its output fails, so that a run can end in order; the exit code is then 1 at least. A reader
 * that closes the pipe, such as head, is no failure; nor is a closed terminal.
 */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "EIO" || failure) return;
      failure = error;
      console.error(`The output can no longer be written: ${error.message}`);
    });
  process.on("exit", (code) => {
    if (failure && code === 0) process.exitCode = 1;
  });
}
