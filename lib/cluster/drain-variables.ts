import { Type } from "typebox";
import type { Losses } from "#kubernetes/drain/pods.ts";

/** How nodes are drained, for all playbooks that do. */
export const drainVariables = {
  drain_timeout: Type.Integer({
    minimum: 1,
    default: 600,
    description:
      "Seconds in which no pod leaves a node that is drained, after which the run fails and names what blocks. PodDisruptionBudgets are always respected.",
  }),
  drain_bare_pods: Type.Boolean({
    default: false,
    description: "Whether a drain may delete pods without a controller, which nothing starts again on another node.",
  }),
  drain_empty_dir_data: Type.Boolean({
    default: false,
    description: "Whether a drain may delete pods with emptyDir volumes, whose data is lost.",
  }),
};

/** The properties of `drain` from its variables. */
export const drainOptions = (vars: {
  readonly drain_timeout: number;
  readonly drain_bare_pods: boolean;
  readonly drain_empty_dir_data: boolean;
}): Losses & { readonly timeout: number } => ({
  timeout: vars.drain_timeout,
  barePods: vars.drain_bare_pods,
  emptyDirData: vars.drain_empty_dir_data,
});
