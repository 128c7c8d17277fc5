import { TaskError } from "../../errors.ts";
import type { RunInput } from "../run-input.ts";
import { sealAddition } from "./answers.ts";
import type { Seal } from "./seal.ts";
import type { PredictedHost } from "./sealed-plan.ts";

/** Throws TaskError for each addition to a host of the plan that the plan does not have, or has with other variables. */
export function onlyPlannedAdditions(
  hosts: Readonly<Record<string, PredictedHost>>,
  seal: Seal,
): NonNullable<RunInput["beforeAddition"]> {
  return (addition, by) => {
    // The plan has no changes for another host, so none is made there.
    if (!Object.hasOwn(hosts, addition.host)) return;
    const [id, { state }] = sealAddition(seal, addition, by);
    if (hosts[addition.host]?.answers[id]?.state !== state)
      throw new TaskError(
        `the plan does not add this to the inventory for ${addition.host}, or with other variables. Make a new plan`,
      );
  };
}
