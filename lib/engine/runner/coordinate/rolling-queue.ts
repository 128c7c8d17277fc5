/** Lets hosts take turns: what has the same key never runs at once, and nobody's turn comes after one that failed. */
export class RollingQueue {
  readonly #last = new Map<string, Promise<string | undefined>>();

  /**
   * `work` tells whether it went well. Gives the name of the host that failed before, in place of doing the work: three
   * masters that restart one after the other must not all go down by the same mistake.
   */
  async take(key: string, host: string, work: () => Promise<boolean>): Promise<{ readonly failedOn?: string }> {
    const before = this.#last.get(key) ?? Promise.resolve(undefined);
    // Where it was this very host, its failure was answered: it may try again.
    const turn = before.then(async (failedOn) =>
      failedOn !== undefined && failedOn !== host ? failedOn : (await work()) ? undefined : host,
    );
    this.#last.set(
      key,
      turn.catch(() => host),
    );
    const failedOn = await turn;
    return failedOn === undefined || failedOn === host ? {} : { failedOn };
  }
}
