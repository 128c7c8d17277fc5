/** What a person must read: a contender that cannot be run, or does not do what it shall. */
export class BenchError extends Error {
  override name = "BenchError";
}
