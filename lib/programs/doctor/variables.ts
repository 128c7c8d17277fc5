import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { snapshotVariables } from "#cluster/backup/timer-variables.ts";
import { cniVariables } from "#cluster/cni.ts";
import { approvalVariables } from "#cluster/csr-approval.ts";
import { encryptionVariables } from "#cluster/encryption/variables.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { storageVariables } from "#cluster/storage.ts";
import {
  certificateWarning,
  clusterVariables,
  etcdTiming,
  etcdVariables,
  programVariables,
} from "#cluster/variables.ts";

/** The variables that checks read; those of the first master count. */
export const doctorVariables = {
  ...clusterVariables,
  ...etcdVariables,
  ...certificateWarning,
  ...programVariables,
  ...etcdTiming,
  ...snapshotVariables,
  ...storageVariables,
  ...encryptionVariables,
  ...approvalVariables,
  kubernetes_version: versionVariables.kubernetes_version,
  etcd_version: versionVariables.etcd_version,
  containerd_version: versionVariables.containerd_version,
  kube_proxy_mode: nodeVariables.kube_proxy_mode,
  kube_proxy_replacement: cniVariables.kube_proxy_replacement,
};
