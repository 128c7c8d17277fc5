import { defineCheck, type Finding } from "../check.ts";
import { at, condition, fullName, list, number, secondsSince, text } from "../../reading/objects.ts";

const path = "/api/v1/pods";
/** Seconds that a pod may take to become ready before it counts. */
const patience = 300;

/** Reasons of a waiting container that do not pass by themselves. */
const stuck = /BackOff|Err|Invalid|Config/;

interface Trouble {
  readonly problem: string;
  readonly cause: string;
}

/** A container that waits or has just ended. */
function containerTrouble(status: unknown): Trouble | undefined {
  const waiting = at(status, "state", "waiting");
  const reason = text(waiting, "reason");
  if (!stuck.test(reason)) return undefined;
  const last = at(status, "lastState", "terminated");
  const ended =
    last === undefined
      ? ""
      : `it last ended with ${text(last, "reason")}, exit code ${String(number(last, "exitCode"))}`;
  return {
    problem: `its container ${text(status, "name")} waits: ${reason}`,
    cause: [text(waiting, "message"), ended].filter((part) => part !== "").join("; "),
  };
}

/** Why a pod does not run; undefined if it does, has done its work, or is new. */
export function troubleOf(pod: unknown, now: Date): Trouble | undefined {
  const phase = text(pod, "status", "phase");
  if (phase === "Succeeded") return undefined;
  const deleted = text(pod, "metadata", "deletionTimestamp");
  if (deleted !== "")
    return secondsSince(now, deleted) > patience
      ? { problem: "it does not end", cause: `it was deleted at ${deleted}; its node may be gone` }
      : undefined;
  if (phase === "Failed")
    return {
      problem: `it has failed (${text(pod, "status", "reason") || "see its containers"})`,
      cause: text(pod, "status", "message"),
    };
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled.status === "False")
    return { problem: `no node takes it (${scheduled.reason})`, cause: scheduled.message };
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((name) => list(pod, "status", name));
  const container = statuses.map(containerTrouble).find((trouble) => trouble !== undefined);
  if (container) return container;
  const ready = condition(pod, "Ready");
  const since = secondsSince(now, text(pod, "metadata", "creationTimestamp"));
  if (ready.status === "True" || since < patience) return undefined;
  return { problem: `it is not ready (${phase})`, cause: ready.message };
}

export const pods = defineCheck({
  name: "pods",
  description: "Every pod runs, or has done its work.",
  fromApi: [path],
  findings: ({ api, now }) =>
    list(api(path), "items").flatMap((pod): Finding[] => {
      const trouble = troubleOf(pod, now);
      if (!trouble) return [];
      const [namespace = "", name = ""] = fullName(pod).split("/");
      const { problem, cause } = trouble;
      return [
        {
          severity: "error",
          subject: `pod ${fullName(pod)}`,
          problem,
          ...(cause !== "" && { cause }),
          remedy: `npm run kubectl -- -n ${namespace} describe pod ${name}; its output: … logs ${name}`,
        },
      ];
    }),
});
