// @ts-nocheck: StrykerJS is only installed by `npm run test:mutation`.
import { createHash } from "node:crypto";
import path from "node:path";
import { PluginKind, commonTokens, declareFactoryPlugin } from "@stryker-mutator/api/plugin";
import { CheckStatus } from "@stryker-mutator/api/check";

/**
 * Tests a random part of the mutants, in random order. A hash of the seed and the mutant chooses: the same seed chooses
 * the same mutants, and a larger part includes a smaller one. StrykerJS has no status for the others. They count as
 * mutants that do not compile, which it leaves out of the score.
 */
const create = ({ sample: { seed, percent } }) => {
  const omitted = { status: CheckStatus.CompileError, reason: "Not in the sample" };
  const passed = { status: CheckStatus.Passed };

  /** A number of 32 bits. */
  const drawn = ({ fileName, mutatorName, location, replacement }) => {
    const mutant = [path.relative(process.cwd(), fileName), mutatorName, location, replacement];
    return createHash("sha256")
      .update(JSON.stringify([seed, mutant]))
      .digest()
      .readUInt32BE();
  };
  const isChosen = (mutant) => drawn(mutant) < (percent / 100) * 2 ** 32;

  return {
    init: () => Promise.resolve(),
    // In the order of the groups, mutants are checked and tested.
    group: (mutants) => Promise.resolve([...mutants].sort((a, b) => drawn(a) - drawn(b)).map(({ id }) => [id])),
    check: (mutants) =>
      Promise.resolve(Object.fromEntries(mutants.map((mutant) => [mutant.id, isChosen(mutant) ? passed : omitted]))),
  };
};
create.inject = [commonTokens.options];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, "sample", create)];

export const strykerValidationSchema = {
  properties: {
    sample: {
      type: "object",
      properties: { seed: { type: "string" }, percent: { type: "number", exclusiveMinimum: 0, maximum: 100 } },
      required: ["seed", "percent"],
    },
  },
};
