import type { Host } from "kubeplay";
import { list } from "../../reading/objects.ts";
import type { ApiPath } from "../../reading/api.ts";
import type { FileState, HostEvidence } from "./host.ts";

/** Lists of the API that controls read, by short names. Of Secrets, only the names. */
export const lists = {
  namespaces: { path: "/api/v1/namespaces" },
  pods: { path: "/api/v1/pods" },
  services: { path: "/api/v1/services" },
  serviceAccounts: { path: "/api/v1/serviceaccounts" },
  tokens: {
    path: "/api/v1/secrets?fieldSelector=type%3Dkubernetes.io%2Fservice-account-token",
    metadataOnly: true,
  },
  bootstrapTokens: {
    path: "/api/v1/secrets?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken",
    metadataOnly: true,
  },
  roles: { path: "/apis/rbac.authorization.k8s.io/v1/roles" },
  clusterRoles: { path: "/apis/rbac.authorization.k8s.io/v1/clusterroles" },
  roleBindings: { path: "/apis/rbac.authorization.k8s.io/v1/rolebindings" },
  clusterRoleBindings: { path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings" },
  networkPolicies: { path: "/apis/networking.k8s.io/v1/networkpolicies" },
  daemonSets: { path: "/apis/apps/v1/daemonsets" },
  policyBindings: { path: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings" },
  csiDrivers: { path: "/apis/storage.k8s.io/v1/csidrivers" },
} as const satisfies Record<string, ApiPath>;
export type ListName = keyof typeof lists;

/** Everything that was asked. */
export interface ClusterEvidence {
  readonly masters: readonly HostEvidence[];
  /** The masters among them. */
  readonly nodes: readonly HostEvidence[];
  /** Hosts that gave no answer, with the reason. */
  readonly unread: readonly { readonly host: Host; readonly reason: string }[];
  /** The answers of the API by the names in `lists`; undefined for what it did not answer. */
  readonly lists: Readonly<Partial<Record<ListName, unknown>>>;
  /** Kubeconfigs of administrators on the controller. */
  readonly adminFiles: readonly FileState[];
  /** "root", the user of the controller that runs this. */
  readonly user: string;
}

/** The objects of lists that the API answered; undefined if it did not answer one. */
export function itemsOf<N extends ListName>(
  cluster: ClusterEvidence,
  ...names: readonly N[]
): Readonly<Record<N, readonly unknown[]>> | undefined {
  if (names.some((name) => cluster.lists[name] === undefined)) return undefined;
  return Object.fromEntries(names.map((name) => [name, list(cluster.lists[name], "items")])) as unknown as Record<
    N,
    readonly unknown[]
  >;
}
