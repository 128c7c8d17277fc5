/** The error that ends something. Specs compare its name: mocha may load a class twice. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing failed");
}
