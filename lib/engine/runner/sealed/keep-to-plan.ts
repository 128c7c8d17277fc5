import { TaskError } from "../../errors.ts";
import type { ShownDifference } from "../events/events.ts";
import type { RunInput } from "../run-input.ts";
import { differing } from "./answers.ts";
import type { PredictedChange, PredictedHost } from "./sealed-plan.ts";

type PredictedHosts = Readonly<Record<string, PredictedHost>>;

/** The reasons not to touch hosts that changed since the plan was made: compares the plan with a new prediction. */
export function refusals(planned: PredictedHosts, now: PredictedHosts): Map<string, string> {
  const found = new Map<string, string>();
  for (const host of new Set([...Object.keys(planned), ...Object.keys(now)])) {
    const why = refusal(planned[host], now[host]);
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

/** Rejects each change that the plan does not list. */
export function onlyPlanned(hosts: PredictedHosts): NonNullable<RunInput["allows"]> {
  return (host, play, { planned, differences }) => {
    // If a host is lost, another one runs the tasks that run once.
    const speaking = planned.task.once ? Object.values(hosts) : [hosts[host]];
    const predicted = speaking
      .flatMap((one) => one?.changes ?? [])
      .filter((change) => change.play === play && change.id === planned.id && change.task === planned.task.name);
    const all = predicted.flatMap((change) => change.differences);
    const unforeseen = differences.map(({ what }) => what).filter((what) => !all.some((one) => one.what === what));
    if (predicted.length > 0 && (unforeseen.length === 0 || predicted.some(isOpen))) return Promise.resolve();
    const what = unforeseen.length > 0 ? `: ${listed(unforeseen)}` : "";
    return Promise.reject(new TaskError(`not in the plan${what}. Nothing was done; make a new plan`));
  };
}

/** Whether parts of the change were unknown to the check. */
const isOpen = ({ differences }: PredictedChange): boolean => differences.some(isKnownLater);

const isKnownLater = ({ what, after }: ShownDifference): boolean =>
  what === "known after apply" || after === "(known after apply)";
