/** The part of a pod in a list of the API that shows why it does not start. */
export interface ListedPod {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status?: {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}
interface ContainerStatus {
  readonly image: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

export interface Trouble {
  /** "pod kube-system/dns-7d9: ImagePullBackOff registry.k8s.io/coredns/coredns:v1.14.6: … not found" */
  readonly text: string;
  /** Whether the registry has refused the image: waiting does not help. */
  readonly final: boolean;
}

/** Reasons of containers that do not start by waiting alone. */
const bad =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CrashLoopBackOff|CreateContainer\w*Error|RunContainerError)$/;
/** Answers of registries that another try does not change. A name server may know the registry's host later. */
const refusal =
  /: not found|manifest unknown|MANIFEST_UNKNOWN|unauthorized|401|forbidden|403|denied|no match for platform/i;

/** The cause at the end of the container runtime's message: what comes before repeats the image. */
const causeOf = (message: string): string => {
  const short = message
    .replace(/^Back-off pulling image "[^"]*":?\s*/, "")
    .replace(/^ErrImagePull:\s*/, "")
    .replace(/^(?:rpc error: code = \w+ desc = )?failed to pull and unpack image "[^"]*":\s*/, "");
  return short.length > 300 ? `${short.slice(0, 300)}…` : short;
};

const troubleOf = (pod: string, { image, state }: ContainerStatus): Trouble | undefined => {
  const { reason = "", message = "" } = state?.waiting ?? {};
  if (!bad.test(reason)) return undefined;
  const isPull = reason.includes("Image");
  const cause = causeOf(message);
  return {
    text: `pod ${pod}: ${reason}${isPull ? ` ${image}` : ""}${cause === "" ? "" : `: ${cause}`}`,
    final: reason === "InvalidImageName" || (reason === "ImagePullBackOff" && refusal.test(message)),
  };
};

/** Whether a pod is one of a workload "deployment kube-system/dns": controllers name pods after their workloads. */
const isOf = ({ metadata: { name, namespace = "" } }: ListedPod, workload: string): boolean => {
  const [, kind, place, owner] =
    /^(deployment|daemon set|stateful set|Prometheus|Alertmanager) (\S+)\/(\S+)$/.exec(workload) ?? [];
  if (kind === undefined || namespace !== place) return false;
  // The operator names its StatefulSets "prometheus-k8s" and "alertmanager-main".
  const prefix = /^[PA]/.test(kind) ? `${kind.toLowerCase()}-` : "";
  return name.startsWith(`${prefix}${owner ?? ""}-`);
};

/** Why pods of these unfinished workloads do not start, each reason once. */
export function podTroubles(pods: readonly ListedPod[], unfinished: readonly string[]): readonly Trouble[] {
  const found = pods
    .filter((pod) => unfinished.some((workload) => isOf(pod, workload)))
    .flatMap((pod) => {
      const { metadata, status } = pod;
      const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
      const name = [metadata.namespace, metadata.name].filter(Boolean).join("/");
      return all.flatMap((one) => troubleOf(name, one) ?? []);
    });
  // Ten pods of a daemon set miss the same image: one of them says it.
  const byReason = new Map(found.map((one) => [one.text.slice(one.text.indexOf(": ")), one]));
  return [...byReason.values()];
}
