/**
 * Shares of the processors and of the disk, in systemd's words. They count only where there is not enough for everybody,
 * and systemd translates them for both versions of cgroups. 100 is what every unit and slice has by itself; the kubelet
 * gives its pods together about 40 for each core of the host. Not by Nice: what containerd and the kubelet start, and so
 * every pod, would inherit it.
 */
const weights = {
  // All that is no pod: what is weighed below is in the first, and comes before pods only as the slice does.
  "system.slice": 1000,
  // Whoever logs in to mend the host, and kubeplay.
  "user.slice": 1000,
  // A member that answers late loses its leader, and with it every client. It needs little.
  etcd: 1000,
  // All else waits for it.
  "kube-apiserver": 500,
  "kube-nginx": 500,
  // Pods that do not report are taken for dead.
  kubelet: 300,
  containerd: 300,
} as const;

export type Weighed = keyof typeof weights;

/** The lines of a [Service] or [Slice]. */
export const weightOf = (name: Weighed): string => `CPUWeight=${weights[name]}\nIOWeight=${weights[name]}`;
