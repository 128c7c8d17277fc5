/** An error for the user: a contender cannot be run, or does not do what is expected. */
export class BenchError extends Error {
  override name = "BenchError";
}
