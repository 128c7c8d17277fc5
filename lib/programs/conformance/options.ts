import { Command } from "commander";
import { count } from "#engine/cli/count.ts";

export interface ConformanceOptions {
  readonly inventory: string;
  /** A Go regular expression that a test's name must match. */
  readonly focus?: string;
  readonly skip?: string;
  /** Ginkgo's expression over the labels of tests. */
  readonly labels: string;
  /** Number of tests at once, among those that can run together. */
  readonly parallel: number;
  readonly list: boolean;
}

/** Ends the process after --help, and with exit code 1 after a wrong option. */
export const parseOptions = (args: readonly string[]): ConformanceOptions =>
  new Command("conformance")
    .description("Kubernetes' own end-to-end tests against the cluster of an inventory.")
    .option("-i, --inventory <file>", "the cluster's inventory", "hosts.yaml")
    .option("--focus <regex>", "only tests whose name matches, e.g. 'sig-network.*DNS'")
    .option("--skip <regex>", "no tests whose name matches")
    .option("--labels <expression>", "only tests with these labels, as in Ginkgo's --label-filter", "Conformance")
    .option(
      "--parallel <count>",
      "the number of tests at once; tests that need the cluster for themselves run after the others",
      count,
      1,
    )
    .option("--list", "list the tests that would run", false)
    .parse(args, { from: "user" })
    .opts<ConformanceOptions>();
