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
  process.on("SIGINT", ask).on("SIGTERM", ask);
  // A terminal that is closed sends it, and often twice: nobody is there to ask for a quicker end.
  process.on("SIGHUP", () => (asked = true));
}

export const stopping = (): boolean => asked;
