/**
 * kubeplay's public interface for Kubernetes: API objects, charts and kubeconfigs.
 *
 * @example
 * import { manifests } from "kubeplay/kubernetes";
 */

// Objects
export { manifest, type ManifestProps } from "./manifests/manifest.ts";
export { manifests, type ManifestsProps } from "./manifests/manifests.ts";
export type { Manifest } from "./api/manifest.ts";

// Objects from charts and from upstream's manifest files
export { chart, type ChartProps } from "./rendering/chart.ts";
export { manifestFiles, type ManifestFilesProps } from "./rendering/manifest-files.ts";
export { merged, type Patch } from "./rendering/changes.ts";

// Kubeconfigs
export { kubeconfig } from "./kubeconfig/resource.ts";
export { readFileKubeconfig, renderFileKubeconfig, type FileKubeconfig } from "./kubeconfig/file-kubeconfig.ts";

// Nodes
export { cordon, type CordonProps } from "./drain/cordon.ts";
export { drain, type DrainProps } from "./drain/drain.ts";

// Direct requests to an API
export { kubernetesApi, useApi, type ApiAccess } from "./api/kubernetes-api.ts";
export { refusal, type Api } from "./api/answers.ts";
export { apiToCome } from "./api/api-to-come.ts";
export { PassingFailure, repeat } from "./api/repeat.ts";
