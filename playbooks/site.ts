import { play, playbook } from "#lib/dsl/index.ts";
import { artifacts } from "#roles/artifacts/index.ts";
import { clusterRbac } from "#roles/cluster-rbac/index.ts";
import { networksInCluster, networksOnHosts } from "#roles/cni/index.ts";
import { containerd } from "#roles/containerd/index.ts";
import { coredns } from "#roles/coredns/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { host } from "#roles/host/index.ts";
import { images } from "#roles/images/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubectl } from "#roles/kubectl/index.ts";
import { kubelet, nodeLabels } from "#roles/kubelet/index.ts";
import { kubeletApprover, kubeletServing } from "#roles/kubelet-approver/index.ts";
import { labRegistry } from "#roles/lab-registry/index.ts";
import { nodeLocalAbsent, nodeLocalAddress, nodeLocalAnswers, nodeLocalDns } from "#roles/node-local-dns/index.ts";
import { pki } from "#roles/pki/index.ts";
import { preflight } from "#roles/preflight/index.ts";
import addons from "./addons.ts";
import lab from "./lab.ts";

export default playbook([
  lab,
  play({ name: "Check every host before touching any", hosts: "all", anyErrorsFatal: true, roles: [preflight] }),
  // Certificates first: whose cluster this is shows there, and binaries may take minutes.
  play({ name: "Certificates and binaries", hosts: "localhost", roles: [pki, artifacts] }),
  play({
    name: "The lab's registry",
    hosts: "localhost",
    onlyWith: "lab",
    become: true,
    roles: [labRegistry],
  }),
  // Made and pushed by the controller, but by the variables of a host: only the lab's have a registry to push to.
  play({ name: "Images", hosts: "masters", roles: [images] }),
  play({ name: "Every host, and its way to the API", hosts: "all", roles: [host, kubeNginx, kubectl] }),
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
    roles: [clusterRbac, ...networksInCluster, coredns, nodeLocalDns],
  }),
  play({ name: "Approval of the kubelets' certificates", hosts: "masters", roles: [kubeletApprover] }),
  play({ name: "Nodes", hosts: "masters:nodes", roles: [nodeLocalAnswers, kubelet, kubeProxy] }),
  // After the kubelets, which name it to their pods until then.
  play({ name: "What is not wanted in the cluster", hosts: "localhost", roles: [nodeLocalAbsent] }),
  play({ name: "The nodes are in service", hosts: "masters", roles: [kubeletServing, nodeLabels] }),
  addons,
]);
