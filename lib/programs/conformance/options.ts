import { Command } from "commander";
import { count } from "#engine/cli/count.ts";

export interface ConformanceOptions {
  readonly inventory: string;
  /** A regular expression of Go's that a test's name must match. */
  readonly focus?: string;
  readonly skip?: string;
  /** Ginkgo's expression over the labels of tests. */
  readonly labels: string;
  /** Tests at once, of those that bear each other. */
  readonly parallel: number;
  readonly list: boolean;
}

/** Ends the process after --help, and with 1 after a mistake. */
export const parseOptions = (args: readonly string[]): ConformanceOptions =>
  new Command("conformance")
    .description("Kubernetes' own end-to-end tests against the cluster of an inventory.")
    .option("-i, --inventory <file>", "the cluster's inventory", "hosts.yaml")
    .option("--focus <regex>", "only tests whose name matches, e.g. 'sig-network.*DNS'")
    .option("--skip <regex>", "no tests whose name matches")
    .option("--labels <expression>", "only tests with these labels, as Ginkgo's --label-filter", "Conformance")
    .option(
      "--parallel <count>",
      "so many tests at once; those that want the cluster for themselves come after",
      count,
      1,
    )
    .option("--list", "name the tests that would run", false)
    .parse(args, { from: "user" })
    .opts<ConformanceOptions>();
