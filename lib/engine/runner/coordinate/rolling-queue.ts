/** Runs work of the same key one host after the other; after a failure no further host runs. */
export class RollingQueue {
  readonly #last = new Map<string, Promise<string | undefined>>();

  /**
   * `work` returns whether it succeeded. If an earlier host failed, its name is returned and the work is not done: three
   * masters that restart one after the other must not all fail by the same mistake.
   */
  async take(key: string, host: string, work: () => Promise<boolean>): Promise<{ readonly failedOn?: string }> {
    const before = this.#last.get(key) ?? Promise.resolve(undefined);
    // If this host failed before, a rescue has dealt with it, and the host may try again.
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
