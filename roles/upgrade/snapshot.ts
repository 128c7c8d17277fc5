import { defineResource, defineRole, queries, quote, type Difference } from "kubeplay";
import { Type } from "typebox";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { etcdPki } from "#cluster/etcd-members.ts";
import { keptByReset } from "#cluster/reset.ts";
import { programIn } from "#cluster/staging.ts";
import { noSnapshots } from "#cluster/undo/snapshots.ts";
import { outdated } from "#cluster/upgrade/outdated.ts";
import { rollbackVariables } from "#cluster/upgrade/upgraded.ts";
import { etcdVariables, programVariables } from "#cluster/variables.ts";

export interface SnapshotProps {
  readonly folder: string;
  /** How many of the snapshots before upgrades stay, the new one included. */
  readonly keep: number;
  readonly binDir: string;
  readonly clientPort: number;
}

/** Minutes for which a snapshot is young enough for a second run. */
const young = 60;
const names = "before-upgrade-*.db";

const recent = ({ folder }: SnapshotProps): string =>
  `[ -n "$(find ${quote(folder)} -maxdepth 1 -name ${quote(names)} -mmin -${String(young)} 2>/dev/null)" ]`;

function script({ folder, keep, binDir, clientPort }: SnapshotProps): string {
  const pki = (name: string): string => `${etcdPki}/${name}`;
  return [
    "set -e",
    `umask 077; mkdir -p -- ${quote(folder)}; cd -- ${quote(folder)}`,
    `new=before-upgrade-$(date -u +%Y%m%dT%H%M%SZ).db`,
    `rm -f -- new.db new.db.part`,
    `${quote(`${binDir}/etcdctl`)} --endpoints=https://127.0.0.1:${String(clientPort)} --cacert=${pki("ca.crt")} --cert=${pki("healthcheck-client.crt")} --key=${pki("healthcheck-client.key")} --command-timeout=300s snapshot save new.db >/dev/null`,
    // It reads the whole file, and compares its hash.
    `if [ -x ${quote(`${binDir}/etcdutl`)} ]; then ${quote(`${binDir}/etcdutl`)} snapshot status new.db >/dev/null; fi`,
    `mv -- new.db "$new"`,
    `ls -1 | grep -x 'before-upgrade-.*\\.db' | sort -r | tail -n +${String(keep + 1)} | xargs -r rm -f --`,
  ].join("\n");
}

/** A snapshot of the member's data, verified, unless there is a recent one. */
export const snapshot = defineResource({
  kind: "etcd snapshot",
  label: ({ folder }: SnapshotProps) => folder,
  needs: (p) => ({ recent: queries.probe(recent(p)) }),
  diff: ({ recent }): Difference[] =>
    recent ? [] : [{ what: "snapshot", before: undefined, after: "before this upgrade" }],
  apply: (_found, _now, p) => [{ sh: script(p), timeout: 900 }],
  forecast: () => ({ recent: true }),
  effects: ({ folder }) => [{ below: folder }],
  hint: ({ folder }) => `Is there room in ${folder} for a copy of etcd's data?`,
});

export const etcdSnapshot = defineRole({
  name: "etcd-snapshot",
  folder: import.meta.dirname,
  description: "Takes a snapshot of etcd on every master before its version or Kubernetes' changes, and verifies it.",
  vars: {
    ...programVariables,
    ...rollbackVariables,
    etcd_version: versionVariables.etcd_version,
    kubernetes_version: versionVariables.kubernetes_version,
    etcd_client_port: etcdVariables.etcd_client_port,
    upgrade_snapshots: Type.Integer({
      minimum: 1,
      default: 3,
      description: "How many snapshots of etcd from before upgrades stay on each master.",
    }),
    upgrade_snapshot_folder: Type.String({
      format: "absolute-path",
      default: "/var/lib/kubeplay/etcd-snapshots",
      description: "The folder of these snapshots on each master.",
    }),
    reset_keep_snapshots: keptByReset.reset_keep_snapshots,
  },
  undo: ({ vars }) =>
    vars.reset_keep_snapshots
      ? []
      : [
          noSnapshots("Remove the snapshots from before upgrades", vars.upgrade_snapshot_folder, [
            names,
            "new.db",
            "new.db.part",
          ]),
        ],
  tasks: ({ vars, facts }) => {
    if (vars.rollback) return [];
    const program = (name: string, version: string) =>
      programIn(name, { version, architecture: facts.architecture, binDir: vars.bin_dir });
    const changing = outdated("Look whether etcd or the API server changes", {
      programs: [program("etcd", vars.etcd_version), program("kube-apiserver", vars.kubernetes_version)],
    });
    return [
      changing,
      snapshot("Take a snapshot of etcd, and verify it", {
        folder: vars.upgrade_snapshot_folder,
        keep: vars.upgrade_snapshots,
        binDir: vars.bin_dir,
        clientPort: vars.etcd_client_port,
      }).when(changing.output),
    ];
  },
});
