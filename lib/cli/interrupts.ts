let asked = false;
let listening = false;

/** Ctrl-C once: the running steps end, nothing new begins. Twice: at once. */
export function listenForInterrupts(): void {
  if (listening) return;
  listening = true;
  const ask = (): void => {
    if (asked) process.exit(99);
    asked = true;
    console.error("\nInterrupted: the running steps are being finished. Ctrl-C again ends at once.");
  };
  // A terminal that is closed sends SIGHUP.
  process.on("SIGINT", ask).on("SIGTERM", ask).on("SIGHUP", ask);
}

export const stopping = (): boolean => asked;
