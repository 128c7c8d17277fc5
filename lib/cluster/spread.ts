/**
 * A part of a pod's spec: pods with these labels run on different nodes where two or more can run them, so that the loss
 * of one node does not take all of them. `over` is the least number of nodes that must be there before the nodes get
 * further pods: without it, the first node that is ready gets all of them, and keeps them.
 */
export const spread = (labels: Readonly<Record<string, string>>, { over, rollout }: SpreadOptions = {}) => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "DoNotSchedule",
      // Nodes that do not take the pods at all must not count as empty ones.
      nodeTaintsPolicy: "Honor",
      labelSelector: { matchLabels: labels },
      ...(over !== undefined && over > 1 && { minDomains: over }),
      // During a rollout of a Deployment, the old pods are no neighbours of the new ones.
      ...(rollout && { matchLabelKeys: ["pod-template-hash"] }),
    },
  ],
});

export interface SpreadOptions {
  readonly over?: number;
  /** For a Deployment: whether each generation of pods is spread by itself. */
  readonly rollout?: boolean;
}
