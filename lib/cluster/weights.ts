/**
 * Shares of the processors and of the disk, as systemd's weights. They apply only under contention, and systemd
 * translates them for both versions of cgroups. Every unit and slice has 100 by default; the kubelet gives all its pods
 * together about 40 for each core of the host. Nice is not used: containerd's and the kubelet's children, and so every
 * pod, would inherit it.
 */
export const weights = {
  // Everything except pods. The units below are in system.slice, so only its weight puts them before pods.
  "system.slice": 1000,
  // Logins of administrators and of kubeplay.
  "user.slice": 1000,
  // A member that answers late loses its leader, and with it all clients. It needs few resources.
  etcd: 1000,
  // All other components wait for it.
  "kube-apiserver": 500,
  "kube-nginx": 500,
  // Pods that are not reported are considered dead.
  kubelet: 300,
  containerd: 300,
} as const;
