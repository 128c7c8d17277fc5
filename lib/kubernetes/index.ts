/**
 * The public face of kubeplay for Kubernetes: objects of an API, kubeconfigs, charts.
 *
 * @example
 * import { manifests } from "kubeplay/kubernetes";
 */

// Objects
export { manifest, type ManifestProps } from "./manifests/manifest.ts";
export { manifests, type ManifestsProps } from "./manifests/manifests.ts";
export type { Manifest } from "./api/manifest.ts";

// Objects of charts and of upstream's files
export { chart, type ChartProps } from "./rendering/chart.ts";
export { manifestFiles, type ManifestFilesProps } from "./rendering/manifest-files.ts";
export { merged, type Patch } from "./rendering/changes.ts";

// Kubeconfigs
export { kubeconfig } from "./kubeconfig/resource.ts";
export { readFileKubeconfig, renderFileKubeconfig, type FileKubeconfig } from "./kubeconfig/file-kubeconfig.ts";

// Own queries of an API
export { kubernetesApi, useApi, type ApiAccess } from "./api/kubernetes-api.ts";
export { refusal, type Api } from "./api/answers.ts";
export { apiToCome } from "./api/api-to-come.ts";
export { PassingFailure, repeat } from "./api/repeat.ts";
