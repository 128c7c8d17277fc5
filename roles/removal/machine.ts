import { command, directory, file, service, type Task } from "kubeplay";

/** Services of masters, in the order in which they are stopped; etcd comes later, once it is no member any more. */
const controlPlane = ["kube-scheduler", "kube-controller-manager", "kube-apiserver"];

/** Units that would act on the cluster, or start what is stopped. The approver was a timer in earlier versions. */
const acting = [
  ...["kubeplay-liveness", "kubeplay-snapshot", "kubelet-approver", "kubeplay-routes"].map((name) => `${name}.timer`),
  "kubelet-approver",
];

const stop = (name: string): Task => service(`Stop ${name}`, { name, state: "stopped", enabled: false });

/** First of all, so that nothing acts on the cluster from there while its member leaves etcd. */
export const stopControlPlane: readonly Task[] = [...acting.map(stop), ...controlPlane.map(stop)];

/** A shell condition: containerd runs no pods. */
const noPods = '! systemctl is-active --quiet containerd || test -z "$(crictl pods --quiet)"';

/** Keys, certificates and kubeconfigs: whoever finds the disk must not get into the cluster. */
const folders = ["/etc/kubernetes/pki", "/etc/etcd/pki", "/var/lib/kubelet/pki"];
const users = ["kubelet", "bootstrap", "kube-proxy", "csr-approver", "controller-manager", "scheduler"];
const files = [
  ...users.map((name) => `/etc/kubernetes/${name}.kubeconfig`),
  ...["check.crt", "check.key"].map((name) => `/etc/kube-nginx/${name}`),
];

/** The rest of a machine. Its programs and its packages stay, disabled. */
export const stopMachine = ({
  binDir,
  etcdDataDir,
}: {
  readonly binDir: string;
  readonly etcdDataDir: string;
}): readonly Task[] => [
  stop("kubelet"),
  command("End its pods", { run: "crictl rmp --all --force", unless: noPods }).environment({
    PATH: `${binDir}:/usr/sbin:/usr/bin:/sbin:/bin`,
  }),
  ...["kube-proxy", "containerd", "etcd", "kube-nginx-check", "kube-nginx"].map(stop),
  ...folders.map((path) => directory(`Remove ${path}`, { path, state: "absent" })),
  ...files.map((dest) => file(`Remove ${dest}`, { dest, state: "absent" })),
  // It is no member any more: etcd would refuse the data, and a new member must start without.
  directory("Remove the data of its etcd member", { path: `${etcdDataDir}/member`, state: "absent" }),
];
