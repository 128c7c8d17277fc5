import type { Manifest } from "kubeplay/kubernetes";

/**
 * metrics.k8s.io has one server: Metrics Server, or prometheus-adapter where that is absent. What says which of them is a
 * set of its own, so that it passes from the one to the other.
 */
export const metricsApiSet = "metrics-api";

const isApi = ({ kind }: Manifest): boolean => kind === "APIService";
export const metricsApi = (objects: readonly Manifest[]): readonly Manifest[] => objects.filter(isApi);
export const withoutApi = (objects: readonly Manifest[]): readonly Manifest[] =>
  objects.filter((object) => !isApi(object));
