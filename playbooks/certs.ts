import { play, playbook, type Play, type Role } from "kubeplay";
import { inRotation, whenRotating } from "#cluster/rotation.ts";
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
import { kubeletApprover, kubeletServing } from "#roles/kubelet-approver/index.ts";
import { madeCluster } from "#roles/made-cluster/index.ts";
import { pki } from "#roles/pki/index.ts";
import { preflight } from "#roles/preflight/index.ts";
import { allTrustNew, mastersWell, mayRotate, rotationEnd, trustsNew, usesNew } from "#roles/rotation/index.ts";
import addons from "./addons.ts";

/** Everything that reads a certificate or a key, in the order in which it is restarted. */
const rollOut = playbook([
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

/** The same plays, and nothing in them unless `rotate` names something. */
const again = rollOut.map((each): Play => ({ ...each, roles: each.roles.map(whenRotating) }));

/** --tags does not select around it: a CA that issues before hosts trust it cuts them off. */
const gate = (role: Role): Role => role.tagged("always");

/**
 * The part of `site` that certificates go through: `-e renew=all` issues them again, and no component stops for it.
 * `-e rotate=NAME` replaces a CA or a key: hosts trust the new one beside the old one, and only then does it issue.
 */
export default playbook([
  play({ name: "The cluster exists", hosts: "localhost", anyErrorsFatal: true, roles: [madeCluster] }),
  play({ name: "Check every host before touching any", hosts: "all", anyErrorsFatal: true, roles: [preflight] }),
  play({ name: "Masters are well", hosts: "masters", anyErrorsFatal: true, roles: [gate(inRotation(mastersWell))] }),
  play({ name: "CAs may be rotated", hosts: "localhost", anyErrorsFatal: true, roles: [gate(inRotation(mayRotate))] }),
  play({
    name: "Certificates and binaries",
    hosts: "localhost",
    anyErrorsFatal: true,
    roles: [pki.with({ rotation_phase: "trust" }), artifactsFor("base")],
  }),
  rollOut,
  play({ name: "Every host trusts the new CAs", hosts: "all", roles: [whenRotating(trustsNew)] }),
  play({
    name: "The new CAs issue",
    hosts: "localhost",
    anyErrorsFatal: true,
    roles: [gate(whenRotating(allTrustNew)), whenRotating(pki.with({ rotation_phase: "issue" }))],
  }),
  again,
  play({ name: "Kubelets serve with new certificates", hosts: "masters", roles: [whenRotating(kubeletServing)] }),
  play({ name: "Every host uses the new CAs", hosts: "all", roles: [inRotation(usesNew)] }),
  play({ name: "The rotation has ended", hosts: "localhost", roles: [inRotation(rotationEnd)] }),
]);
