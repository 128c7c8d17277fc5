import { TaskError } from "../../errors.ts";
import type { Addition } from "../../inventory/types.ts";
import type { RunInput } from "../run-input.ts";
import type { Answered } from "./answers.ts";
import type { Seal } from "./seal.ts";
import type { PredictedHost } from "./sealed-plan.ts";

/** What a plan keeps of an addition to the inventory, beside the answers of its host. */
export function sealAddition(seal: Seal, addition: Addition, by: string): readonly [id: string, sealed: Answered] {
  const { host, groups, parents, vars } = addition;
  const id = seal.digest("addition", [by, host, groups, parents, Object.keys(vars)]);
  return [id, { of: `what ${by} adds to the inventory`, state: seal.digest("added", [id, vars]) }];
}

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
