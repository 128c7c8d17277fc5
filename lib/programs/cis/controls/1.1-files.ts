import { notApplicable, type ClusterControl, type Control, type Kind } from "../control.ts";
import type { FileState } from "../evidence/host.ts";
import type { Component } from "../evidence/probe.ts";
import {
  allOf,
  configurationFile,
  fileOf,
  inFolders,
  isAtMost,
  judgeFiles,
  modeAtMost,
  ownedBy,
  shownMode,
  unitOf,
  type Files,
} from "../tests/files.ts";
import { headOf, type Head } from "../tests/settings.ts";

const site = "play site, which sets modes and owners of its files";
const kubernetesPki = "/etc/kubernetes/pki";
const etcdPki = "/etc/etcd/pki";

/** Two controls: the mode, and the owner with the next number. */
function both(first: number, what: string, limit: number, files: Files, kind: Kind = "automated"): Control[] {
  const head = (number: number, title: string): Head => [`1.1.${String(number)}`, title, kind, site];
  return [
    modeAtMost(head(first, `mode of ${what}: at most ${shownMode(limit)}`), "masters", limit, files),
    ownedBy(head(first + 1, `owner of ${what}: root:root`), "masters", "root:root", files),
  ];
}

const unit = (first: number, component: Component, files = unitOf(component)): Control[] =>
  both(first, `the unit of ${component}`, 0o600, files);

const ownFiles = `${site}; chmod 600 what the plugin itself has written below /var/lib/cni`;
const cniFiles = inFolders(["/etc/cni/net.d", "/var/lib/cni/networks"]);
const noCni = notApplicable("the network plugin has no files here");
const dataFolder = fileOf({ component: "etcd", flag: "data-dir", field: "data-dir" });

/** Masters have no kubeconfig of an administrator: the controller has, for the user who plays. */
const adminKubeconfig = (
  head: Head,
  isRight: (file: FileState, user: string) => boolean,
  shown: (file: FileState) => string,
): ClusterControl => ({
  ...headOf(head),
  hosts: "cluster",
  judge: ({ masters, adminFiles, user }) => {
    const names = ["admin.conf", "super-admin.conf"].map((name) => `/etc/kubernetes/${name}`);
    const onMasters = masters.flatMap(({ files }) => names.flatMap((name) => files.get(name) ?? []));
    const wrong = onMasters.filter((file) => !isRight(file, "root"));
    const all = wrong.length > 0 ? wrong : adminFiles;
    return judgeFiles(
      all.map(({ path }) => path),
      new Map(all.map((file) => [file.path, file])),
      (file) => wrong.length === 0 && isRight(file, user),
      (file) => `${wrong.length > 0 ? "master" : "controller"}: ${shown(file)}`,
      notApplicable("neither masters nor the controller have a kubeconfig of an administrator"),
    );
  },
});

export const files: readonly Control[] = [
  ...unit(1, "kube-apiserver"),
  ...unit(3, "kube-controller-manager"),
  ...unit(5, "kube-scheduler"),
  ...both(7, "etcd's unit and configuration", 0o600, allOf(unitOf("etcd"), configurationFile("etcd"))),
  modeAtMost(
    ["1.1.9", "mode of the network plugin's files: at most 0600", "manual", ownFiles],
    "nodes",
    0o600,
    cniFiles,
    noCni,
  ),
  ownedBy(
    ["1.1.10", "owner of the network plugin's files: root:root", "manual", site],
    "nodes",
    "root:root",
    cniFiles,
    noCni,
  ),
  modeAtMost(["1.1.11", "mode of etcd's data: at most 0700", "automated", site], "masters", 0o700, dataFolder),
  ownedBy(["1.1.12", "owner of etcd's data: etcd:etcd", "automated", site], "masters", "etcd:etcd", dataFolder),
  adminKubeconfig(
    ["1.1.13", "mode of administrators' kubeconfigs: at most 0600", "automated", "chmod 600 the file"],
    (file) => isAtMost(0o600, file),
    ({ mode }) => shownMode(mode),
  ),
  adminKubeconfig(
    ["1.1.14", "owner of administrators' kubeconfigs: root, or the controller's user", "automated", "chown the file"],
    ({ owner }, user) => owner.split(":")[0] === user,
    ({ owner }) => owner,
  ),
  ...both(
    15,
    "kube-scheduler's kubeconfig",
    0o600,
    fileOf(
      { component: "kube-scheduler", field: "clientConnection.kubeconfig" },
      { component: "kube-scheduler", flag: "kubeconfig" },
    ),
  ),
  ...both(
    17,
    "kube-controller-manager's kubeconfig",
    0o600,
    fileOf({ component: "kube-controller-manager", flag: "kubeconfig" }),
  ),
  ownedBy(
    ["1.1.19", "owner of keys and certificates: root:root, and etcd:etcd for etcd's own", "automated", site],
    "masters",
    ({ path, owner }) => owner === "root:root" || (path.startsWith(`${etcdPki}/`) && owner === "etcd:etcd"),
    inFolders([kubernetesPki, etcdPki]),
  ),
  modeAtMost(
    ["1.1.20", "mode of certificates: at most 0644", "manual", site],
    "masters",
    0o644,
    inFolders([kubernetesPki, etcdPki], [".crt", ".pub"]),
  ),
  modeAtMost(
    ["1.1.21", "mode of keys: at most 0600", "manual", site],
    "masters",
    0o600,
    inFolders([kubernetesPki, etcdPki], [".key"]),
  ),
];
