import { queries, type Query } from "kubeplay";
import { networksFolder } from "#cluster/cni.ts";
import { etcdMembers, etcdPki, type EtcdAnswer } from "#cluster/etcd-members.ts";
import { etcdConfiguration } from "#cluster/etcd-report.ts";
import { resolvConf } from "#cluster/resolv-conf.ts";
import { knownAuthorities, type KnownAuthorities } from "./authorities.ts";
import { envoyImage } from "./envoy.ts";
import { runningCluster, type RunningCluster } from "#cluster/running-cluster.ts";
import { isMaster, type Findings, type HostRequirements } from "./checked.ts";

export const manifests = "/etc/kubernetes/manifests";
export const kubeletUnit = "/etc/systemd/system/kubelet.service";
export const apiserverUnit = "/etc/systemd/system/kube-apiserver.service";
export const proxyConfiguration = "/etc/kubernetes/kube-proxy.json";
export const apiProxyConfiguration = "/etc/kube-nginx/nginx.conf";
export const clusterCa = "/etc/kubernetes/pki/ca-bundle.crt";
export const etcdCa = `${etcdPki}/ca.crt`;
/** systemd reads the drop-ins of both folders, regardless of where the unit itself is. */
export const dropIns = ["/etc/systemd/system/kubelet.service.d", "/usr/lib/systemd/system/kubelet.service.d"];
export const otherClusters = [
  ...["k3s", "k3s-agent", "rke2-server", "rke2-agent", "k0scontroller", "k0sworker"],
  "snap.microk8s.daemon-kubelite",
];

/** The unit that sets the routes to other hosts' pods, before there is a kubelet. */
export const podRoutes = "kubeplay-routes";

const looked = ["nginx", "containerd", "kubelet", ...otherClusters];
const control = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];
const configurations = [kubeletUnit, proxyConfiguration, etcdConfiguration, apiProxyConfiguration, clusterCa, etcdCa];
const own = ["kube-nginx", "containerd", "kubelet", "kube-proxy", "etcd", podRoutes, ...control];

/** Cilium marks the routes to its pods as the kernel's own. */
const ofKernel = 2;

/** The answers by kind and subject: "unit nginx", "text /etc/resolv.conf". */
export type HostAnswers = Readonly<
  Record<
    string,
    | queries.UnitState
    | queries.PathState
    | queries.ContentState
    | queries.EntriesState
    | EtcdAnswer
    | readonly queries.Listener[]
    | readonly queries.Route[]
    | KnownAuthorities
    | RunningCluster
    | undefined
    | boolean
  >
>;

const asked = <State>(kind: string, subjects: readonly string[], query: (subject: string) => Query<State>) =>
  subjects.map((subject) => [`${kind} ${subject}`, query(subject)] as const);

/** All queries of a host in addition to its facts: few kinds, so few processes, in one write. */
export const questions = (wanted: HostRequirements): Record<string, Query<HostAnswers[string]>> =>
  Object.fromEntries<Query<HostAnswers[string]>>([
    // Without systemd, units cannot be queried; the check Systemd reports that.
    ...(wanted.facts.systemd ? asked("unit", looked, queries.unit) : []),
    ...asked("installed", own, (name) => queries.path(`/etc/systemd/system/${name}.service`)),
    ...asked("text", [resolvConf(wanted.facts), apiserverUnit, ...configurations], queries.content),
    ...asked("folder", [manifests, networksFolder, wanted.etcd.dataDir, ...dropIns], queries.entries),
    ["listening", queries.tcpListeners()],
    ["authorities", knownAuthorities(wanted.cluster)],
    ...(wanted.live ? ([["live", runningCluster(wanted.live)]] as const) : []),
    ["routes", queries.routes()],
    ...(wanted.cni === "cilium" ? ([["pod routes", queries.routesOf(ofKernel)]] as const) : []),
    ...(wanted.envoySources ? ([["envoy", envoyImage(wanted.envoySources)]] as const) : []),
    ...(isMaster(wanted)
      ? ([["etcd", etcdMembers({ address: wanted.host.address, port: wanted.etcd.peerPort })]] as const)
      : []),
  ]);

export function findingsOf(answers: HostAnswers): Findings {
  const of = <State>(kind: string): [string, State][] =>
    Object.entries(answers)
      .filter(([name]) => name.startsWith(`${kind} `))
      .map(([name, state]) => [name.slice(kind.length + 1), state as State]);
  return {
    running: of<queries.UnitState>("unit").flatMap(([name, { active }]) => (active === "active" ? [name] : [])),
    installed: of<queries.PathState>("installed").flatMap(([name, { type }]) => (type === "file" ? [name] : [])),
    texts: Object.fromEntries(
      of<queries.ContentState>("text").filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    folders: Object.fromEntries(
      of<queries.EntriesState>("folder").filter(
        (entry): entry is [string, readonly string[]] => entry[1] !== undefined,
      ),
    ),
    listening: (answers.listening as readonly queries.Listener[] | undefined) ?? [],
    routes: (answers.routes as readonly queries.Route[] | undefined) ?? [],
    podNetworks: ((answers["pod routes"] as readonly queries.Route[] | undefined) ?? []).flatMap(({ to, device }) =>
      device === "cilium_host" && to.includes("/") ? [to] : [],
    ),
    ...(typeof answers.envoy === "boolean" && { envoy: answers.envoy }),
    etcd: (answers.etcd as EtcdAnswer | undefined) ?? { state: "not asked" },
    authorities: (answers.authorities as KnownAuthorities | undefined) ?? {},
    live: answers.live as RunningCluster | undefined,
  };
}
