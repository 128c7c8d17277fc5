import { play, playbook } from "kubeplay";
import { artifactsAhead, artifactsFor } from "#roles/artifacts/index.ts";
import type { ImageSet } from "#artifacts/catalogue/sets.ts";
import { snapshotTimer } from "#roles/backup/index.ts";
import { baseline } from "#roles/baseline/index.ts";
import { nodesReady } from "#roles/cluster-ready/index.ts";
import { certificateMetrics } from "#roles/certificate-metrics/index.ts";
import { clusterRbac } from "#roles/cluster-rbac/index.ts";
import { networksInCluster, networksOnHosts } from "#roles/cni/index.ts";
import { containerd } from "#roles/containerd/index.ts";
import { coredns } from "#roles/coredns/index.ts";
import { crictl } from "#roles/crictl/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { host } from "#roles/host/index.ts";
import { hostImages, imagesFor } from "#roles/images/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { kubeProxy, kubeProxyAbsent } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubectl } from "#roles/kubectl/index.ts";
import { kubelet, nodeLabels } from "#roles/kubelet/index.ts";
import { kubeletApprover, kubeletServing } from "#roles/kubelet-approver/index.ts";
import { labRegistry } from "#roles/lab-registry/index.ts";
import { liveness } from "#roles/liveness/index.ts";
import { nodeLocalAbsent, nodeLocalAddress, nodeLocalAnswers, nodeLocalDns } from "#roles/node-local-dns/index.ts";
import { pki } from "#roles/pki/index.ts";
import { preflight } from "#roles/preflight/index.ts";
import { staysUp } from "#roles/stays-up/index.ts";
import addons from "./addons.ts";
import lab from "./lab.ts";

/** Fetches or builds a part of the cluster, and pushes images to a registry if they are made here. */
const ready = (set: ImageSet) => [artifactsFor(set), imagesFor(set)];

/** Everything after the checks: what a cluster is made of, in the order in which it can start. */
export const whole = playbook([
  // Certificates first: they show whose cluster this is. Binaries may take minutes, in which the next plays run.
  play({ name: "Certificates and binaries", hosts: "localhost", anyErrorsFatal: true, roles: [pki, artifactsAhead] }),
  play({ name: "Every host and its proxy to the API", hosts: "all", roles: [baseline, host, kubeNginx] }),
  play({ name: "Binaries of the hosts", hosts: "localhost", roles: [artifactsFor("base")] }),
  play({
    name: "The lab's registry",
    hosts: "localhost",
    onlyWith: "lab",
    become: true,
    roles: [labRegistry],
  }),
  play({ name: "Images of the hosts", hosts: "localhost", roles: [hostImages] }),
  play({ name: "kubectl on every host", hosts: "all", roles: [kubectl] }),
  play({
    name: "Container runtime and pod network",
    hosts: "masters:nodes",
    roles: [containerd, ...networksOnHosts, nodeLocalAddress],
  }),
  play({ name: "etcd", hosts: "masters", roles: [etcd] }),
  play({ name: "Control plane", hosts: "masters", roles: [kubeApiserver, kubeControllerManager, kubeScheduler] }),
  play({
    name: "Cluster objects",
    hosts: "localhost",
    roles: [clusterRbac, ...ready("node-local-dns"), nodeLocalDns],
  }),
  play({
    name: "Approval of the kubelets' certificates, and snapshots",
    hosts: "masters",
    roles: [kubeletApprover, snapshotTimer],
  }),
  play({ name: "Nodes", hosts: "masters:nodes", roles: [nodeLocalAnswers, kubelet, kubeProxy] }),
  // After the kubelets, which name the cache to their pods until then.
  play({ name: "Unwanted objects of the cluster", hosts: "localhost", roles: [nodeLocalAbsent] }),
  play({
    name: "The pod network's objects",
    hosts: "localhost",
    roles: [...ready("cilium"), ...ready("hubble-relay"), ...networksInCluster],
  }),
  // If Cilium handles traffic to Services, it must be there before kube-proxy is removed.
  play({ name: "kube-proxy is replaced", hosts: "masters:nodes", roles: [kubeProxyAbsent] }),
  play({ name: "The nodes are in service", hosts: "masters", roles: [kubeletServing, nodeLabels] }),
  play({ name: "DNS", hosts: "localhost", roles: [nodesReady, ...ready("dns"), coredns] }),
  addons,
  play({
    name: "Tools and sample images",
    hosts: "localhost",
    roles: [artifactsFor("crictl"), ...ready("samples"), ...ready("e2e")],
  }),
  play({ name: "Tools on every node", hosts: "masters:nodes", roles: [crictl, certificateMetrics, liveness, staysUp] }),
]);

/** Builds the whole cluster, with its addons, and brings it back to the desired state. */
export default playbook([
  lab,
  play({ name: "Check every host before touching any", hosts: "all", anyErrorsFatal: true, roles: [preflight] }),
  whole,
]);
