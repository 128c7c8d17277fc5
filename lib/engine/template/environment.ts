import Handlebars from "handlebars";
import { InputError } from "../errors.ts";
import { helpers } from "./helpers.ts";
import { typeName } from "./read.ts";

/** Handlebars with kubeplay's helpers, and without those that print or guess. */
export function makeEnvironment(): typeof Handlebars {
  const environment = Handlebars.create();
  for (const name of ["log", "lookup", "helperMissing", "blockHelperMissing"]) environment.unregisterHelper(name);
  for (const [name, helper] of Object.entries(helpers))
    environment.registerHelper(name, (...given: unknown[]) => {
      const options = optionsOf(given);
      return located(name, options, () => helper(given.slice(0, -1), options.hash));
    });
  const each = environment.helpers.each;
  environment.registerHelper("each", function (this: unknown, ...given: unknown[]) {
    const list = given[0];
    located("each", optionsOf(given), () => {
      if (typeof list !== "object" || list === null)
        throw new RangeError(`expected a list or a map, got ${typeName(list)}`);
    });
    return each?.apply(this, given as Parameters<Handlebars.HelperDelegate>) as unknown;
  });
  return environment;
}

interface CallOptions extends Handlebars.HelperOptions {
  readonly loc?: hbs.AST.SourceLocation;
}

/** Handlebars always passes them last. */
const optionsOf = (given: readonly unknown[]): CallOptions => given.at(-1) as CallOptions;

function located(name: string, { loc }: CallOptions, call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InputError || !loc) throw error;
    const where = { file: loc.source, line: loc.start.line, column: loc.start.column + 1 };
    throw new InputError([{ message: `${name}: ${error.message}`, where }]);
  }
}
