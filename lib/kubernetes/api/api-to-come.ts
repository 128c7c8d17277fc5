import { defineQuery, type Query } from "#engine/queries/define.ts";

const toCome = defineQuery<boolean>({
  kind: "API to come",
  get: (keys) => Promise.resolve(new Map(keys.map((key) => [key, false]))),
});

/**
 * Whether this run will start the API of a kubeconfig. Only check mode answers true: the task that starts the API
 * forecasts it. The objects of such an API are absent. In all other cases an API that does not answer is an error.
 *
 * @example
 * const startEffects = [effect(apiToCome(kubeconfig), true)];
 * service("Start it", { name: "kube-apiserver", state: "started", startEffects });
 */
export const apiToCome = (kubeconfig: string): Query<boolean> => toCome(kubeconfig);
