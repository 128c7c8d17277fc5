/** "• [3.7 seconds]", "• [FAILED] [12 seconds]": a test has ended. */
const endOf = /^• (?:\[(?<outcome>[A-Z ]+)\] )?\[[\d.]+ seconds\]$/;
/** "[sig-node] Pods run [Conformance] [sig-node, Conformance]": a test's name, then its labels again. */
const specTitle = /^(?<name>\[sig-.+?)(?: \[[^\]]*\])?$/;

/** Follows Ginkgo's output, which names a single test when it begins, and one of several at once when it has ended. */
export class Progress {
  readonly #total: number;
  readonly #print: (line: string) => void;
  readonly #started = Date.now();
  #passed = 0;
  #failed = 0;
  /** Named, and not ended yet. */
  #name: string | undefined;
  /** Ended, and not named yet. */
  #outcome: string | undefined;

  constructor(total: number, print: (line: string) => void) {
    this.#total = total;
    this.#print = print;
  }

  take(line: string): void {
    if (/^-{30}$/.test(line)) this.#name = this.#outcome = undefined;
    const end = endOf.exec(line);
    const name = specTitle.exec(line)?.groups?.name;
    if (end) this.#outcome = end.groups?.outcome ?? "PASSED";
    else if (name !== undefined) this.#name = name;
    else return;
    if (this.#outcome === undefined || this.#name === undefined) return;
    this.#count(this.#name, this.#outcome === "PASSED");
    this.#name = this.#outcome = undefined;
  }

  #count(name: string, passed: boolean): void {
    if (passed) this.#passed++;
    else this.#failed++;
    const done = this.#passed + this.#failed;
    const minutes = ((Date.now() - this.#started) / 60_000).toFixed(1);
    const failures = this.#failed > 0 ? `, ${this.#failed} failed` : "";
    this.#print(`${done} of ${this.#total} (${minutes} min${failures}): ${passed ? "ok" : "FAILED"} ${name}`);
  }
}
