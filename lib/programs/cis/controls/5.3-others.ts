import { askPerson, pass, passIf, type Control } from "../control.ts";
import { find } from "../evidence/settings.ts";
import { fullName, nameOf, text } from "../../reading/objects.ts";
import { listed } from "../tests/values.ts";
import { byObjects } from "../tests/objects.ts";
import { uses } from "../tests/pods.ts";
import { setting } from "../tests/settings.ts";
import { has } from "../tests/values.ts";

/** DaemonSets of network plugins that enforce NetworkPolicies. */
const enforcing = ["cilium", "calico-node", "antrea-agent", "kube-router", "weave-net", "canal", "ovnkube-node"];
/** Namespaces that a cluster has from its start. */
const first = ["default", "kube-system", "kube-public", "kube-node-lease"];
const namespaceOf = (object: unknown): string => text(object, "metadata", "namespace");

export const others: readonly Control[] = [
  byObjects(
    ["5.3.1", "the network enforces NetworkPolicies", "manual", "cni: cilium, which is chosen before the first site"],
    ["daemonSets"],
    ({ daemonSets }) => {
      const found = daemonSets.map(nameOf).filter((name) => enforcing.includes(name));
      return passIf(found.length > 0, found.length > 0 ? found.join(", ") : "no known plugin that does");
    },
  ),
  byObjects(
    [
      "5.3.2",
      "each namespace has a NetworkPolicy",
      "manual",
      "give each namespace one that denies what it does not need",
    ],
    ["namespaces", "networkPolicies"],
    ({ namespaces, networkPolicies }) => {
      const covered = new Set(networkPolicies.map(namespaceOf));
      const without = namespaces.map(nameOf).filter((name) => !covered.has(name));
      return passIf(
        without.length === 0,
        without.length === 0
          ? `each of ${String(namespaces.length)}`
          : `${String(without.length)} of ${String(namespaces.length)} without: ${listed(without)}`,
      );
    },
  ),
  byObjects(
    ["5.4.1", "Secrets are files, not environment", "manual", "mount the Secrets of the pods named as files"],
    ["pods"],
    ({ pods }) => {
      const found = pods.filter(uses.secretInEnvironment).map(fullName);
      return found.length === 0 ? pass("no pod has a Secret in its environment") : askPerson(listed(found));
    },
  ),
  byObjects(
    [
      "5.4.2",
      "secrets may be in a store elsewhere",
      "manual",
      "consider a store of secrets with a CSI driver or an operator",
    ],
    ["csiDrivers"],
    ({ csiDrivers }) => {
      const names = csiDrivers.map(nameOf).filter((name) => name.includes("secrets-store"));
      return askPerson(names.length > 0 ? names.join(", ") : "no CSI driver for secrets");
    },
  ),
  setting(
    [
      "5.5.1",
      "a webhook decides about images",
      "manual",
      "a ValidatingAdmissionPolicy can limit registries and demand digests; a webhook is one of your own",
    ],
    "masters",
    { component: "kube-apiserver", flag: "enable-admission-plugins" },
    ({ value, shown }) => passIf(has("ImagePolicyWebhook")(value), shown),
  ),
  byObjects(
    ["5.6.1", "namespaces separate what differs", "manual", "give each application a namespace"],
    ["namespaces"],
    ({ namespaces }) => {
      const own = namespaces.map(nameOf).filter((name) => !first.includes(name));
      return askPerson(own.length === 0 ? "none but the first ones" : listed(own));
    },
  ),
  byObjects(
    [
      "5.6.2",
      "pods have a seccomp profile",
      "manual",
      "kubelet_seccomp_default: true; remove Unconfined from the pods named",
    ],
    ["pods"],
    ({ pods }, { nodes }) => {
      const wrong = nodes
        .filter(
          (host) =>
            find(host, { component: "kubelet", flag: "seccomp-default", field: "seccompDefault" }).value !== "true",
        )
        .map(({ host }) => host.name);
      const bare = pods
        .filter((pod) => uses.unconfined(pod) || (wrong.length > 0 && uses.noSeccomp(pod)))
        .map(fullName);
      return bare.length === 0
        ? pass(wrong.length === 0 ? "by default, on each node" : "in each pod")
        : askPerson(`without: ${listed(bare)}`);
    },
  ),
  byObjects(
    ["5.6.3", "pods and containers have a security context", "manual", "give the pods named a securityContext"],
    ["pods"],
    ({ pods }) => {
      const without = pods.filter(uses.noContext).map(fullName);
      return without.length === 0
        ? pass(`each of ${String(pods.length)} pods`)
        : askPerson(`without: ${listed(without)}`);
    },
  ),
  byObjects(
    ["5.6.4", "the namespace default is not used", "manual", "move what is in it to a namespace of its own"],
    ["pods", "services"],
    ({ pods, services }) => {
      const found = [...pods, ...services]
        .map(fullName)
        .filter((name) => name.startsWith("default/") && name !== "default/kubernetes");
      return passIf(found.length === 0, found.length === 0 ? "nothing but the API's Service" : listed(found));
    },
  ),
];
