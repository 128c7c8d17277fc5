import { defineQuery, type Query } from "#engine/queries/define.ts";

const toCome = defineQuery<boolean>({
  kind: "API to come",
  get: (keys) => Promise.resolve(new Map(keys.map((key) => [key, false]))),
});

/**
 * Whether the run starts the API that this kubeconfig is for: known to check mode alone, by the forecast of what starts it.
 * What is asked of it is not there yet, then; otherwise an API that does not answer is an error.
 */
export const apiToCome = (kubeconfig: string): Query<boolean> => toCome(kubeconfig);
