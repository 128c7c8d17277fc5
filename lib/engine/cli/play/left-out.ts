import { allTasks, assumedPlan, playHosts, type SavedArguments } from "../../runner/index.ts";
import type { PreparedRun } from "./prepare.ts";

type Playing = Pick<PreparedRun, "playbook" | "inventory" | "variables">;

const shownAtMost = 10;

/** What a run with these arguments left out of its playbook, one sentence each. Drift does not look at it either. */
export function leftOut(playing: Playing, given: SavedArguments): string[] {
  const { tags, skipTags, startAtTask, limit } = given;
  const flags = [
    ...(tags.length > 0 ? [`--tags ${tags.join(",")}`] : []),
    ...(skipTags.length > 0 ? [`--skip-tags ${skipTags.join(",")}`] : []),
  ];
  const tasks = flags.length > 0 ? tasksWithout(playing, given) : [];
  const hosts = limit === undefined ? [] : hostsWithout(playing, limit);
  return [
    ...(tasks.length > 0 ? [`${flags.join(" ")} of that run left out ${listed(tasks, "task")}`] : []),
    ...(startAtTask === undefined ? [] : [`--start-at-task of that run left out the tasks before "${startAtTask}"`]),
    ...(hosts.length > 0 ? [`--limit of that run left out ${listed(hosts, "host")}`] : []),
  ];
}

function listed(names: readonly string[], what: string): string {
  const more = names.length > shownAtMost ? ", …" : "";
  const count = `${String(names.length)} ${what}${names.length === 1 ? "" : "s"}`;
  return `${count}: ${names.slice(0, shownAtMost).join(", ")}${more}`;
}

/** The tasks that the tags leave out on every host that was played; all is unknown if they depend on real facts. */
function tasksWithout(playing: Playing, given: SavedArguments): string[] {
  try {
    const done = new Set(tasksWith(playing, given));
    return tasksWith(playing, { tags: [], skipTags: [], limit: given.limit }).filter((name) => !done.has(name));
  } catch {
    return ["those without the tags, or with the skipped ones"];
  }
}

type Filter = Pick<SavedArguments, "tags" | "skipTags"> & { readonly limit?: string | undefined };

function tasksWith({ playbook, inventory, variables }: Playing, filter: Filter): string[] {
  const names = playbook.flatMap((play) =>
    playHosts(play, inventory, filter.limit).flatMap((host) =>
      allTasks(assumedPlan(play, host, inventory, variables, filter))
        .filter(({ task: { does, condition } }) => condition && !("meta" in does))
        .map(({ role, task }) => `${role.name} : ${task.name}`),
    ),
  );
  return [...new Set(names)];
}

function hostsWithout({ playbook, inventory }: Playing, limit: string): string[] {
  const played = (within?: string) =>
    playbook.flatMap((play) => playHosts(play, inventory, within).map(({ name }) => name));
  const done = new Set(played(limit));
  return [...new Set(played())].filter((name) => !done.has(name));
}
