/** The error of a rejected promise. Specs compare its name, because mocha may load a class twice. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing failed");
}
