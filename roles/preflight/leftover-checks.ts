import { isMaster, isNode, type Checks } from "./checked.ts";
import { dropIns, manifests, otherClusters } from "./findings.ts";

const staticPods = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** What another installation left there, or still does there. */
export const leftoverChecks: Checks = {
  StaticPods: ({ found }) => {
    const left = staticPods.map((name) => `${name}.yaml`).filter((name) => found.folders[manifests]?.includes(name));
    return left.length > 0
      ? `${manifests} has ${left.join(", ")} of another control plane: take it away first (kubeadm reset)`
      : undefined;
  },
  KubeletDropIn: ({ found }) => {
    const folder = dropIns.find((name) => found.folders[name]?.includes("10-kubeadm.conf"));
    return folder === undefined
      ? undefined
      : `${folder}/10-kubeadm.conf would give the kubelet kubeadm's command line: remove the package kubeadm, and the file where it stays`;
  },
  Containerd: (checked) =>
    isNode(checked) && checked.found.running.includes("containerd") && !checked.found.installed.includes("containerd")
      ? "a containerd of another installation runs there, perhaps for docker, and kubeplay's would take its place: remove it first (the packages containerd or containerd.io, and docker's)"
      : undefined,
  OtherCluster: (checked) => {
    const { found } = checked;
    const kubelet = found.running.includes("kubelet") && !found.installed.includes("kubelet") ? ["kubelet"] : [];
    const others = [...otherClusters.filter((name) => found.running.includes(name)), ...kubelet];
    return isNode(checked) && others.length > 0
      ? `${others.join(", ")} of another cluster runs there: take the host out of that cluster first`
      : undefined;
  },
  EtcdData: (checked) => {
    const { found, etcd } = checked;
    const names = (found.folders[etcd.dataDir] ?? []).filter((name) => name !== "lost+found");
    return isMaster(checked) && names.length > 0 && !found.installed.includes("etcd")
      ? `etcd_data_dir ${etcd.dataDir} holds ${names.join(", ")}, and no etcd of kubeplay's is installed: move that data away, or choose another etcd_data_dir`
      : undefined;
  },
  Nginx: ({ found }) =>
    found.running.includes("nginx")
      ? "nginx serves something there, and would be stopped for good: kubeplay runs an nginx of its own as kube-nginx. Move what it serves elsewhere; skip this check to have it stopped"
      : undefined,
};
