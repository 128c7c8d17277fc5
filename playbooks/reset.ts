import { play, playbook, type Role, undone } from "kubeplay";
import { mastersThatStay, resetHosts } from "#cluster/reset.ts";
import { backup, snapshotTimer } from "#roles/backup/index.ts";
import { baseline } from "#roles/baseline/index.ts";
import { certificateMetrics } from "#roles/certificate-metrics/index.ts";
import { networksOnHosts } from "#roles/cni/index.ts";
import { containerd } from "#roles/containerd/index.ts";
import { crictl } from "#roles/crictl/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { host } from "#roles/host/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubectl } from "#roles/kubectl/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { kubeletApprover } from "#roles/kubelet-approver/index.ts";
import { liveness } from "#roles/liveness/index.ts";
import { logging } from "#roles/logging/index.ts";
import { nodeLocalAddress } from "#roles/node-local-dns/index.ts";
import { registry } from "#roles/registry/index.ts";
import { checkReset, checkResetMembers } from "#roles/reset/index.ts";
import { restoreEtcd } from "#roles/restore/index.ts";
import { storage } from "#roles/storage/index.ts";
import { etcdSnapshot } from "#roles/upgrade/index.ts";

/** In the order in which they are undone. */
const roles: readonly Role[] = [
  // First what would start a component again, then the components in the order in which they use each other.
  ...[liveness, kubeletApprover, snapshotTimer, certificateMetrics, etcdSnapshot, backup, restoreEtcd],
  ...[kubeScheduler, kubeControllerManager, kubeApiserver, etcd],
  // The kubelet ends the pods, with crictl and containerd.
  ...[kubeProxy, kubelet, nodeLocalAddress, ...networksOnHosts, crictl, containerd],
  ...[registry, logging, storage, kubectl, kubeNginx, host],
  // Last: the record of the host is its own.
  baseline,
];

/**
 * Brings hosts back to how they were before kubeplay: `-e reset=NAME,NAME`. Each role takes away what it made. Played
 * again, it finishes what was interrupted.
 */
export default playbook([
  play({
    name: "Check before anything is changed",
    hosts: "localhost",
    anyErrorsFatal: true,
    roles: [checkReset],
  }),
  play({ name: "Check etcd's members", hosts: mastersThatStay, anyErrorsFatal: true, roles: [checkResetMembers] }),
  play({
    name: "The hosts are as before",
    hosts: resetHosts,
    roles: roles.map(undone),
  }),
]);
