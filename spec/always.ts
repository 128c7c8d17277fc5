import fc from "fast-check";

/** SEED=random RUNS=1000 npm run spec looks longer than usual, and elsewhere. */
const often = process.env.RUNS === undefined ? undefined : Number(process.env.RUNS);

/** A spec that holds for any generated input. A failure prints its seed and the smallest input: SEED=… npm run spec. */
export function always<Input>(
  sentence: string,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => void | Promise<void>,
  { runs = 300 }: { readonly runs?: number } = {},
): void {
  it(sentence, () =>
    fc.assert(
      fc.asyncProperty(inputs, async (input) => check(input)),
      { numRuns: often ?? runs, includeErrorInReport: true },
    ),
  );
}
