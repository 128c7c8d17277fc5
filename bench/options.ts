import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { count } from "#engine/cli/count.ts";

export interface BenchOptions<Section extends string, Name extends string> {
  readonly sections: readonly Section[];
  readonly only: readonly Name[];
  /** The number of ordinary tasks, usually a hundred: fewer for a quick measurement. */
  readonly tasks: number;
  readonly repeat: number;
  readonly inventory: string;
  readonly keep: boolean;
}

function tens(text: string): number {
  const value = count(text);
  if (value % 10 !== 0) throw new InvalidArgumentError("expected a multiple of 10");
  return value;
}

/** The bench's command line. Ends the process after --help, and with 1 after a mistake. */
export function parseOptions<Section extends string, Name extends string>(
  args: readonly string[],
  sections: readonly Section[],
  names: readonly Name[],
): BenchOptions<Section, Name> {
  const list = (text: string): string[] => {
    const words = text.split(",").map((word) => word.trim());
    const wrong = words.find((word) => !names.some((name) => name === word));
    if (wrong !== undefined) throw new InvalidArgumentError(`no contender "${wrong}"; there are ${names.join(", ")}`);
    return words;
  };
  const command = new Command("bench")
    .description("Compares kubeplay with other tools, on ten hosts that it makes itself.")
    .addArgument(new Argument("[sections...]", "what to measure").choices(sections).default(sections.slice(0, 1)))
    .addOption(
      new Option("--only <contenders>", `some of ${names.join(", ")}`).argParser(list).default(names, names.join(",")),
    )
    .option("--tasks <count>", "number of ordinary tasks, a multiple of 10", tens, 100)
    .option("--repeat <count>", "number of laps of each kind, of which the median counts", count, 3)
    .option("-i, --inventory <file>", "the lab that idle measures", "hosts.yaml")
    .option("--keep", "keep the hosts running afterwards", false)
    .parse(args, { from: "user" });
  const [chosen] = command.processedArgs as [readonly Section[]];
  return { ...command.opts<Omit<BenchOptions<Section, Name>, "sections">>(), sections: chosen };
}
