let asked = false;
let listening = false;

/** The first Ctrl-C finishes the running steps and starts no new ones. The second ends the run at once. */
export function listenForInterrupts(): void {
  if (listening) return;
  listening = true;
  const ask = (): void => {
    if (asked) process.exit(99);
    asked = true;
    console.error("\nInterrupted: finishing the running steps. Press Ctrl-C again to end at once.");
  };
  process.on("SIGINT", ask).on("SIGTERM", ask);
  // A closed terminal often sends it twice: that is no request to end at once.
  process.on("SIGHUP", () => (asked = true));
}

export const stopping = (): boolean => asked;
