import { play, playbook } from "kubeplay";
import { asIfRemoved, leaving, staying } from "#cluster/removal.ts";
import { artifactsFor } from "#roles/artifacts/index.ts";
import { networksOnHosts } from "#roles/cni/index.ts";
import { imagesFor } from "#roles/images/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { kubePrometheus } from "#roles/kube-prometheus/index.ts";
import { kubeletApprover } from "#roles/kubelet-approver/index.ts";
import { pki } from "#roles/pki/index.ts";
import {
  checkRemoval,
  emptyNode,
  forgetNode,
  leaveControlPlane,
  leaveEtcd,
  stopPrograms,
} from "#roles/removal/index.ts";

/** Takes one node out of a running cluster: `-e remove=NAME`. Played again, it finishes what was interrupted. */
export default playbook([
  play({
    name: "Check before anything is changed",
    hosts: (inventory) => [...staying("masters")(inventory), ...leaving(inventory)],
    anyErrorsFatal: true,
    roles: [checkRemoval],
  }),
  play({ name: "The node is emptied", hosts: "localhost", anyErrorsFatal: true, roles: [emptyNode] }),
  // While the machine still runs, nothing sends it new requests any more.
  play({
    name: "Certificates and binaries of the others",
    hosts: "localhost",
    anyErrorsFatal: true,
    roles: [pki, artifactsFor("base")].map(asIfRemoved),
  }),
  play({ name: "Every other host's proxy to the API", hosts: staying("all"), roles: [asIfRemoved(kubeNginx)] }),
  play({ name: "Every other API server", hosts: staying("masters"), roles: [asIfRemoved(kubeApiserver)] }),
  play({ name: "The machine leaves the control plane", hosts: leaving, roles: [leaveControlPlane] }),
  play({ name: "Its member leaves etcd", hosts: staying("masters"), anyErrorsFatal: true, roles: [leaveEtcd] }),
  play({ name: "The machine's programs and keys", hosts: leaving, roles: [stopPrograms] }),
  play({ name: "The node leaves the API", hosts: "localhost", roles: [forgetNode] }),
  play({
    name: "Routes of the others",
    hosts: staying("masters:nodes"),
    roles: networksOnHosts.map(asIfRemoved),
  }),
  play({ name: "Approval of certificates", hosts: staying("masters"), roles: [asIfRemoved(kubeletApprover)] }),
  play({
    name: "Monitoring",
    hosts: "localhost",
    roles: [
      ...(["monitoring", "metrics-adapter"] as const).flatMap((set) => [artifactsFor(set), imagesFor(set)]),
      kubePrometheus,
    ].map(asIfRemoved),
  }),
]);
