import { play, playbook } from "kubeplay";
import { artifactsFor } from "#roles/artifacts/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { networksInCluster } from "#roles/cni/index.ts";
import { imagesFor } from "#roles/images/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubectl } from "#roles/kubectl/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { kubeletApprover } from "#roles/kubelet-approver/index.ts";
import { madeCluster } from "#roles/made-cluster/index.ts";
import { pki } from "#roles/pki/index.ts";
import { preflight } from "#roles/preflight/index.ts";
import addons from "./addons.ts";

/** The part of `site` that certificates go through: `-e renew=all` issues them again, and no component stops for it. */
export default playbook([
  play({ name: "The cluster exists", hosts: "localhost", anyErrorsFatal: true, roles: [madeCluster] }),
  play({ name: "Check every host before touching any", hosts: "all", anyErrorsFatal: true, roles: [preflight] }),
  play({ name: "Certificates and binaries", hosts: "localhost", roles: [pki, artifactsFor("base")] }),
  play({ name: "Every host's proxy to the API", hosts: "all", roles: [kubeNginx] }),
  play({ name: "kubectl on every host", hosts: "all", roles: [kubectl] }),
  play({ name: "etcd", hosts: "masters", roles: [etcd] }),
  play({ name: "Control plane", hosts: "masters", roles: [kubeApiserver, kubeControllerManager, kubeScheduler] }),
  play({ name: "Approval of the kubelets' certificates", hosts: "masters", roles: [kubeletApprover] }),
  play({ name: "Nodes", hosts: "masters:nodes", roles: [kubelet, kubeProxy] }),
  play({
    name: "The pod network's objects",
    hosts: "localhost",
    roles: [
      artifactsFor("cilium"),
      imagesFor("cilium"),
      artifactsFor("hubble-relay"),
      imagesFor("hubble-relay"),
      ...networksInCluster,
    ],
  }),
  addons,
]);
