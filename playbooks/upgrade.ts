import { play, playbook, type Play, type Role } from "kubeplay";
import { onlyInRollback, putBackOn, unlessRollback, upgraded } from "#cluster/upgrade/upgraded.ts";
import { artifactsAhead, artifactsFor } from "#roles/artifacts/index.ts";
import { containerd } from "#roles/containerd/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { hostImages } from "#roles/images/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { labRegistry } from "#roles/lab-registry/index.ts";
import { preflight } from "#roles/preflight/index.ts";
import {
  apiserverService,
  containerdService,
  controllerManagerService,
  deprecations,
  earlierUpgrades,
  endOfUpgrade,
  etcdService,
  etcdSnapshot,
  kubeletService,
  kubeProxyService,
  nodeBackInService,
  nodeCanBeDrained,
  nodeOutOfService,
  rollbackCheck,
  schedulerService,
  stagedFlags,
  staging,
} from "#roles/upgrade/index.ts";
import { whole } from "./site.ts";

/** A host that fails ends the run: what comes next relies on it. */
const fatal = (plays: readonly Play[]): Play[] => plays.map((each) => ({ ...each, anyErrorsFatal: true }));

const stage = [earlierUpgrades, staging, stagedFlags];

/** Node by node, or as many at once as upgrade_batch says. */
const nodeByNode = (name: string, when: (role: Role) => Role, roles: readonly Role[]): Play =>
  play({
    name,
    hosts: "masters:nodes",
    serial: { variable: "upgrade_batch" },
    roles: [when(nodeOutOfService), ...roles, when(nodeBackInService)],
  });

const forward = fatal([
  play({
    name: "Nodes can be drained, and deprecated APIs are named",
    hosts: "masters:nodes",
    roles: [unlessRollback(nodeCanBeDrained), deprecations],
  }),
  play({ name: "Start to fetch binaries", hosts: "localhost", roles: [unlessRollback(artifactsAhead)] }),
  play({ name: "Binaries of the hosts", hosts: "localhost", roles: [unlessRollback(artifactsFor("base"))] }),
  play({
    name: "The lab's registry",
    hosts: "localhost",
    onlyWith: "lab",
    become: true,
    roles: [unlessRollback(labRegistry)],
  }),
  play({ name: "Images of the hosts", hosts: "localhost", roles: [unlessRollback(hostImages)] }),
  // Hundreds of megabytes are brought to disk: etcd must not wait for the disks of two members at once.
  play({
    name: "Stage the programs beside those in use, master by master",
    hosts: "masters",
    serial: 1,
    roles: stage,
  }),
  play({ name: "Stage the programs on the other nodes", hosts: "nodes:!masters", roles: stage }),
  play({ name: "A snapshot of etcd", hosts: "masters", roles: [etcdSnapshot] }),
  play({ name: "etcd, member by member", hosts: "masters", roles: [upgraded(etcd, etcdService)] }),
  play({ name: "All API servers, one by one", hosts: "masters", roles: [upgraded(kubeApiserver, apiserverService)] }),
  play({
    name: "Controllers and schedulers",
    hosts: "masters",
    roles: [upgraded(kubeControllerManager, controllerManagerService), upgraded(kubeScheduler, schedulerService)],
  }),
  nodeByNode("Nodes, batch by batch", unlessRollback, [
    upgraded(containerd, containerdService),
    upgraded(kubelet, kubeletService),
    upgraded(kubeProxy, kubeProxyService),
  ]),
  play({ name: "Note on all hosts that the upgrade has ended", hosts: "masters:nodes", roles: [endOfUpgrade] }),
]);

/** In the opposite order: no kubelet may be newer than an API server. */
const backward = fatal([
  play({ name: "The last upgrade can be put back", hosts: "masters:nodes", roles: [rollbackCheck] }),
  nodeByNode("Put nodes back, batch by batch", onlyInRollback, [
    putBackOn(kubeProxy, kubeProxyService),
    putBackOn(kubelet, kubeletService),
    putBackOn(containerd, containerdService),
  ]),
  play({
    name: "Put controllers and schedulers back",
    hosts: "masters",
    roles: [putBackOn(kubeScheduler, schedulerService), putBackOn(kubeControllerManager, controllerManagerService)],
  }),
  play({ name: "Put all API servers back", hosts: "masters", roles: [putBackOn(kubeApiserver, apiserverService)] }),
  play({ name: "Put etcd back", hosts: "masters", roles: [putBackOn(etcd, etcdService)] }),
]);

/** Cilium, addons and tools last, as site has them. */
const rest = whole.map((each) => ({ ...each, roles: each.roles.map(unlessRollback) }));

/** Brings a running cluster to the versions of the variables, one host after the other. */
export default playbook([
  play({
    name: "Check every host, and that these versions may follow those that run",
    hosts: "all",
    anyErrorsFatal: true,
    roles: [preflight.with({ preflight_versions: "upgraded" })],
  }),
  forward,
  backward,
  rest,
]);
