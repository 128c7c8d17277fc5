/** A pod as the API lists it, as far as a drain looks at it. */
export interface ListedPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
  readonly spec?: {
    readonly volumes?: readonly { readonly emptyDir?: unknown }[];
    readonly nodeSelector?: Readonly<Record<string, string>>;
  };
  readonly status?: { readonly phase?: string } & Conditions;
}

/** The conditions in the status of a pod or a node. */
export interface Conditions {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

export const isReady = (status: Conditions | undefined): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false;

/** A pod on a node. */
export interface NodePod {
  /** "web/shop-1": its namespace and name. */
  readonly name: string;
  readonly uid: string;
  /** Whether it is being deleted already. */
  readonly leaving: boolean;
  /** Whether all its containers serve. */
  readonly ready: boolean;
  /**
   * "daemon" belongs to a DaemonSet, which would start it again; "static" is the kubelet's own. Nothing starts a "bare"
   * pod elsewhere, and a "finished" one runs no more. All others are "replaced" by their controllers.
   */
  readonly kind: "daemon" | "static" | "finished" | "bare" | "replaced";
  /** Whether it has an emptyDir volume, whose data is lost with the pod. */
  readonly emptyDir: boolean;
  /** Whether it runs on the node of this name only, often for the sake of a folder there. */
  readonly tied: boolean;
}

const mirror = "kubernetes.io/config.mirror";

function kindOf({ metadata, status }: ListedPod): NodePod["kind"] {
  if (metadata.annotations?.[mirror] !== undefined) return "static";
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller?.kind === "DaemonSet") return "daemon";
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return "finished";
  return controller ? "replaced" : "bare";
}

export const nodePod = (pod: ListedPod): NodePod => ({
  name: `${pod.metadata.namespace}/${pod.metadata.name}`,
  uid: pod.metadata.uid,
  leaving: pod.metadata.deletionTimestamp !== undefined,
  ready: isReady(pod.status),
  kind: kindOf(pod),
  emptyDir: pod.spec?.volumes?.some(({ emptyDir }) => emptyDir !== undefined) ?? false,
  tied: pod.spec?.nodeSelector?.["kubernetes.io/hostname"] !== undefined,
});

/** The pods that a drain removes: all but those of DaemonSets and static pods. */
export const podsToEvict = (pods: readonly NodePod[]): readonly NodePod[] =>
  pods.filter(({ kind }) => kind !== "daemon" && kind !== "static");

/** What a drain may lose. */
export interface Losses {
  /** Pods that no controller starts again elsewhere; false by default. */
  readonly barePods?: boolean;
  /** The data of pods with emptyDir volumes; false by default. */
  readonly emptyDirData?: boolean;
}

/** The names of pods that must not be evicted, by the reason. */
export function refusedPods(
  pods: readonly NodePod[],
  { barePods = false, emptyDirData = false }: Losses,
): { readonly bare: readonly string[]; readonly withData: readonly string[] } {
  const asked = podsToEvict(pods).filter(({ kind, leaving }) => kind !== "finished" && !leaving);
  const names = (some: readonly NodePod[]): string[] => some.map(({ name }) => name).sort();
  return {
    bare: barePods ? [] : names(asked.filter(({ kind }) => kind === "bare")),
    withData: emptyDirData ? [] : names(asked.filter(({ emptyDir }) => emptyDir)),
  };
}
