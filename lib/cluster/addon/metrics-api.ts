import type { Manifest } from "kubeplay/kubernetes";

/**
 * metrics.k8s.io has one server: Metrics Server, or prometheus-adapter if Metrics Server is absent. The APIService that
 * selects the server is a set of its own, so that it can pass from one to the other.
 */
export const metricsApiSet = "metrics-api";

const isApi = ({ kind }: Manifest): boolean => kind === "APIService";
export const metricsApi = (objects: readonly Manifest[]): readonly Manifest[] => objects.filter(isApi);
export const withoutApi = (objects: readonly Manifest[]): readonly Manifest[] =>
  objects.filter((object) => !isApi(object));
