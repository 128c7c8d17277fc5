import type { Host } from "kubeplay";
import { sourcesOfApt, type SourcesAnswer } from "#cluster/apt/sources.ts";
import { askHosts } from "#cluster/ask-hosts.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { ofApt, type Answer } from "./answer.ts";

/**
 * Asks each source of a host's apt for its index, by apt's own program. As for preflight, packages cannot be had if no
 * source answers; a host without apt has none.
 */
export async function askApt(
  inventory: LoadedInventory,
  host: Host,
  environment: Readonly<Record<string, string>>,
): Promise<readonly Answer[]> {
  const questions = { sources: sourcesOfApt(environment) };
  const [asked] = await askHosts<{ sources: SourcesAnswer }>(inventory, [host], () => questions);
  // That a host cannot be reached is the answer to the question for its images.
  if (!asked || "unreachable" in asked) return [];
  const { sources } = asked.answers;
  const common = { from: host.name, neededBy: ofApt };
  if (sources instanceof Error) return [{ ...common, address: "apt", problem: sources.message }];
  return sources === "no apt" ? [] : answersOf(sources, common);
}

const answersOf = (sources: Exclude<SourcesAnswer, "no apt">, common: Pick<Answer, "from" | "neededBy">): Answer[] => {
  const isSpare = sources.some(({ answers }) => answers);
  return sources.map(({ url, answers, why }) => ({
    ...{ ...common, address: url === "none" ? "apt has no source" : url },
    ...(answers ? {} : { problem: why || "no answer", ...(isSpare && { isSpare }) }),
  }));
};
