import { allTasks, assumedPlan, playHosts } from "../../runner/index.ts";
import { didYouMean } from "../../schema/nearest.ts";
import type { CommandLine } from "../options.ts";
import type { PreparedRun } from "./prepare.ts";

/** Words that select tasks without being a tag of theirs. */
const special = ["all", "always", "never", "tagged", "untagged"];
const everything = { tags: ["all", "never"], skipTags: [] };

/** A warning for each tag of --tags and --skip-tags that no task of these hosts has. Ansible silently ignores them. */
export function unknownTags(
  { playbook, inventory, variables }: Pick<PreparedRun, "playbook" | "inventory" | "variables">,
  { tags, skipTags, limit }: Pick<CommandLine, "tags" | "skipTags" | "limit">,
): string[] {
  const asked = [...tags, ...skipTags].filter((word) => !special.includes(word));
  if (asked.length === 0) return [];
  const there = new Set<string>(special);
  try {
    for (const play of playbook)
      for (const host of playHosts(play, inventory, limit))
        for (const one of allTasks(assumedPlan(play, host, inventory, variables, everything)))
          for (const tag of one.tags) there.add(tag);
  } catch {
    // The tasks depend on real facts.
    return [];
  }
  return asked
    .filter((word) => !there.has(word))
    .map((word) => `No task of these hosts has the tag "${word}"${didYouMean(word, there) || ": see --list-tags"}`);
}
