/** Who shows or trusts a certificate, by its name below the pki folder. The first match counts. */
const uses: readonly (readonly [name: RegExp, users: string])[] = [
  [/^kubernetes-ca$/, "all components"],
  [/^kubernetes-signing-ca$/, "kube-controller-manager, to sign kubelets' certificates"],
  [/^etcd-ca$/, "etcd, kube-apiserver"],
  [/^front-proxy-ca$/, "kube-apiserver, extension API servers"],
  [/\/etcd-(server|peer)$/, "etcd"],
  [/^etcd-healthcheck-client$/, "etcdctl, health checks"],
  [/^apiserver-(etcd|kubelet)-client$|^front-proxy-client$|\/kube-apiserver$/, "kube-apiserver"],
  [/^controller-manager$|\/kube-controller-manager$/, "kube-controller-manager"],
  [/^scheduler$|\/kube-scheduler$/, "kube-scheduler"],
  [/^admin$/, "admin.kubeconfig"],
  [/^super-admin$/, "kubeplay, on the controller"],
  [/^kube-proxy$/, "kube-proxy"],
  [/^kubelet-csr-approver$/, "kubelet-approver"],
  [/^kube-nginx$/, "kube-nginx-check"],
  [/\/kubelet-(client|server)$/, "kubelet, which renews it"],
  [/^hubble\/relay$/, "Hubble's relay"],
  [/^hubble\//, "Cilium's agents, Hubble's relay"],
  [/^addons\/(.+)$/, "$1"],
];

const inRotation: Readonly<Record<string, string>> = {
  next: "trusted already, until it issues",
  previous: "still trusted, until it is dropped",
  cross: "for clients that know the previous one only",
};

/** The components that use a certificate; "" if unknown, as for files of others. */
export function usersOf(name: string): string {
  const [, rotated, which] = /^(.*-ca)-(next|previous|cross)$/.exec(name) ?? [];
  if (rotated !== undefined && which !== undefined) return `${usersOf(rotated)}: ${inRotation[which] ?? ""}`;
  const found = uses.find(([pattern]) => pattern.test(name));
  if (!found) return "";
  const [pattern, users] = found;
  return users === "$1" ? name.replace(pattern, "$1") : users;
}
