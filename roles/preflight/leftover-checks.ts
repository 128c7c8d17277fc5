import { restoredMarker } from "#cluster/etcd-account.ts";
import { isMaster, isNode, type Checks } from "./checked.ts";
import { dropIns, manifests, otherClusters } from "./findings.ts";

const staticPods = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** Checks for leftovers of another installation, and for its running programs. */
export const leftoverChecks: Checks = {
  StaticPods: ({ found }) => {
    const left = staticPods.map((name) => `${name}.yaml`).filter((name) => found.folders[manifests]?.includes(name));
    return left.length > 0
      ? `${manifests} has ${left.join(", ")} of another control plane: remove it first (kubeadm reset)`
      : undefined;
  },
  KubeletDropIn: ({ found }) => {
    const folder = dropIns.find((name) => found.folders[name]?.includes("10-kubeadm.conf"));
    return folder === undefined
      ? undefined
      : `${folder}/10-kubeadm.conf would give the kubelet kubeadm's command line: remove the package kubeadm, and the file if it remains`;
  },
  Containerd: (checked) =>
    isNode(checked) && checked.found.running.includes("containerd") && !checked.found.installed.includes("containerd")
      ? "it runs a containerd of another installation, perhaps for Docker, which kubeplay's would replace: remove it first (the packages containerd or containerd.io, and Docker's)"
      : undefined,
  OtherCluster: (checked) => {
    const { found } = checked;
    const kubelet = found.running.includes("kubelet") && !found.installed.includes("kubelet") ? ["kubelet"] : [];
    const others = [...otherClusters.filter((name) => found.running.includes(name)), ...kubelet];
    return isNode(checked) && others.length > 0
      ? `it runs ${others.join(", ")} of another cluster: remove the host from that cluster first`
      : undefined;
  },
  EtcdData: (checked) => {
    const { found, etcd } = checked;
    const names = (found.folders[etcd.dataDir] ?? []).filter((name) => name !== "lost+found");
    // A restoration that was interrupted has made the data.
    return isMaster(checked) && names.length > 0 && !names.includes(restoredMarker) && !found.installed.includes("etcd")
      ? `etcd_data_dir ${etcd.dataDir} has ${names.join(", ")}, but kubeplay's etcd is not installed: move the data away, or choose another etcd_data_dir`
      : undefined;
  },
  Nginx: ({ found }) =>
    found.running.includes("nginx")
      ? "it runs an nginx that would be stopped and masked: kubeplay runs its own as kube-nginx. Move its sites to another host, or skip this check to let kubeplay stop it"
      : undefined,
};
