import type { Play, Playbook } from "../../dsl/index.ts";
import type { Host, LoadedInventory } from "../../inventory/types.ts";
import { allTasks, assumedPlan, playHosts, type RunOptions, type Variables } from "../../runner/index.ts";
import type { CommandLine } from "../options.ts";

/** The output of --list-hosts, --list-tasks and --list-tags. No host is asked: facts are those of a plain Debian 13. */
export function list(
  playbook: Playbook,
  inventory: LoadedInventory,
  variables: Variables,
  options: RunOptions,
  asked: Pick<CommandLine, "listHosts" | "listTasks" | "listTags">,
): string[] {
  return playbook.flatMap((play, index) => {
    const hosts = playHosts(play, inventory, options.limit);
    const pattern = typeof play.hosts === "string" ? play.hosts : hosts.map(({ name }) => name).join(":");
    const lines = [`play #${String(index + 1)} (${pattern}): ${play.name}`];
    if (asked.listHosts) lines.push(...hosts.map(({ name }) => `    ${name}`));
    const tasks = tasksOn(hosts[0], play, inventory, variables, options).filter(({ task }) => !("meta" in task.does));
    if (asked.listTasks)
      lines.push(...tasks.map(({ role, task, tags }) => `    ${role.name} : ${task.name}  TAGS: [${unique(tags)}]`));
    if (asked.listTags) lines.push(`    TAGS: [${unique(tasks.flatMap(({ tags }) => tags))}]`);
    return lines;
  });
}

/** All tags that --tags can name. */
export function tagsOf(
  playbook: Playbook,
  inventory: LoadedInventory,
  variables: Variables,
  options: RunOptions,
): string[] {
  const tasks = playbook.flatMap((play) =>
    tasksOn(playHosts(play, inventory, options.limit)[0], play, inventory, variables, options),
  );
  return sorted(tasks.flatMap(({ tags }) => tags));
}

/** The tasks of a play on its first host, which stands for all. */
function tasksOn(
  host: Host | undefined,
  play: Play,
  inventory: LoadedInventory,
  variables: Variables,
  options: RunOptions,
): ReturnType<typeof allTasks> {
  return host ? allTasks(assumedPlan(play, host, inventory, variables, options)) : [];
}

const sorted = (tags: readonly string[]): string[] => [...new Set(tags)].sort();
const unique = (tags: readonly string[]): string => sorted(tags).join(", ");
