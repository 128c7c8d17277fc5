import { TaskError } from "../../errors.ts";
import type { RunInput } from "../run-input.ts";
import { differing } from "./answers.ts";
import type { Seal } from "./seal.ts";
import { sealTask, shownNames, unplanned } from "./sealed-change.ts";
import type { PredictedHost } from "./sealed-plan.ts";

type PredictedHosts = Readonly<Record<string, PredictedHost>>;

/** The reasons not to touch hosts that changed since the plan was made: compares the plan with a new prediction. */
export function refusals(planned: PredictedHosts, now: PredictedHosts): Map<string, string> {
  const found = new Map<string, string>();
  const [then, today] = [planned, now].map((hosts) => new Map(Object.entries(hosts)));
  for (const host of new Set([...Object.keys(planned), ...Object.keys(now)])) {
    const why = refusal(then?.get(host), today?.get(host));
    if (why !== undefined) found.set(host, `${why}. Nothing was changed here. Make a new plan`);
  }
  return found;
}

function refusal(then: PredictedHost | undefined, now: PredictedHost | undefined): string | undefined {
  if (!then) return "the plan does not know this host";
  if (then.failed !== undefined) return `the plan has no more of this host than a failure (${then.failed})`;
  const drifted = now ? differing(then.answers, now.answers) : [];
  if (drifted.length > 0) return `this host is not as it was when the plan was made: ${listed(drifted)}`;
  if (!now) return "this host could not be compared with the plan";
  return now.failed === undefined ? undefined : `this host could not be compared with the plan: ${now.failed}`;
}

const shownAtMost = 10;

const listed = (names: readonly string[]): string =>
  names.slice(0, shownAtMost).join(", ") +
  (names.length > shownAtMost ? ` and ${String(names.length - shownAtMost)} more` : "");

/** Rejects each change that the plan does not list with the same outcome. */
export function onlyPlanned(hosts: PredictedHosts, seal: Seal): NonNullable<RunInput["beforeChange"]> {
  const planned = new Map(Object.entries(hosts));
  return (host, play, change) => {
    const { task, id } = change.planned;
    const is = sealTask(seal, play, id, task.name);
    // If a host is lost, another one runs the tasks that run once.
    const speaking = task.once ? [...planned.values()] : [planned.get(host)];
    const predicted = speaking.flatMap((one) => one?.changes ?? []).filter((one) => one.is === is);
    const left = predicted.map(({ sealed }) => (sealed ? unplanned(sealed, seal, change) : []));
    if (left.some((what) => what.length === 0)) return Promise.resolve();
    const what = predicted.length === 0 ? shownNames(change) : fewest(left);
    const names = what.length > 0 ? `: ${listed(what)}` : "";
    return Promise.reject(new TaskError(`not in the plan${names}. Nothing was done; make a new plan`));
  };
}

const fewest = (all: readonly (readonly string[])[]): readonly string[] =>
  all.reduce((least, one) => (one.length < least.length ? one : least), all[0] ?? []);
