/** Seconds between two progress lines. */
const often = 10;

/** Prints what is running, for contenders that take minutes. */
export class Progress {
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  say(line: string): void {
    this.#print(`… ${line}`);
  }

  begin(what: string): { end: () => void } {
    const started = performance.now();
    const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    this.say(what);
    const timer = setInterval(() => this.say(`${what}: still running (${seconds()})`), often * 1000);
    return {
      end: () => {
        clearInterval(timer);
        this.say(`${what}: ${seconds()}`);
      },
    };
  }
}
