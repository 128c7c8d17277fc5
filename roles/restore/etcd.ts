import { defineResource, type Difference, effect, queries, quote, TaskError, unknown } from "kubeplay";
import { restoredMarker } from "#cluster/etcd-account.ts";
import { backupRecord, checkCluster } from "./record.ts";

export interface Restored {
  readonly cluster: string;
  readonly backup: string;
  readonly dataDir: string;
  /** Takes the backup of another cluster too, into a lab. */
  readonly drill?: boolean;
}

const markerIn = ({ dataDir }: Restored): string => `${dataDir}/${restoredMarker}`;

/** Says whether this master must still be restored from the backup; a run that was interrupted may have done it. */
export const restorePending = defineResource({
  kind: "restoration",
  label: ({ backup }: Restored) => backup,
  needs: (p) => ({ record: backupRecord(p.backup), marker: queries.content(markerIn(p)) }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: ({ record, marker }, p): boolean => {
    checkCluster(record, p);
    return marker !== `${record.snapshot.sha256}\n`;
  },
  reads: true,
});

export interface CheckProps extends Restored {
  readonly metricsPort: number;
  readonly overwrite: boolean;
}

/** Fails if the cluster is alive: a restoration takes back everything since the backup. */
export const restoreCheck = defineResource({
  kind: "restoration check",
  label: ({ backup }: CheckProps) => backup,
  needs: (p) => ({
    record: backupRecord(p.backup),
    marker: queries.content(markerIn(p)),
    alive: queries.probe(
      `curl -fsS --max-time 10 --noproxy '*' http://127.0.0.1:${p.metricsPort}/health | grep -q '"health":"true"'`,
    ),
  }),
  diff: ({ record, marker, alive }, p): Difference[] => {
    checkCluster(record, p);
    if (alive && !p.overwrite && marker !== `${record.snapshot.sha256}\n`)
      throw new TaskError(
        `etcd is healthy here: a restoration would take back everything since ${record.made}. If that is what you want, add -e restore_overwrite=true. To repair one member, run site`,
      );
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});

export interface DataProps extends Restored {
  /** The snapshot on the host. */
  readonly file: string;
  readonly etcdutl: string;
  readonly name: string;
  readonly peer: string;
  readonly members: readonly string[];
}

/**
 * Makes a member's data from the snapshot. All masters make theirs from the same one, so that they are one cluster. The
 * revision jumps ahead, so that no controller takes the past for news. What was there is kept beside it.
 */
export const restoredData = defineResource({
  kind: "etcd data",
  label: ({ dataDir }: DataProps) => dataDir,
  needs: (p) => ({ record: backupRecord(p.backup), marker: queries.content(markerIn(p)) }),
  diff: ({ record, marker }): Difference[] =>
    marker === `${record.snapshot.sha256}\n`
      ? []
      : [{ what: "data", before: undefined, after: `as of ${record.made}` }],
  apply: (_found, { record }, p) => [
    {
      sh: `set -e
dir=${quote(p.dataDir)}
rm -rf -- "$dir/restoring"
${quote(p.etcdutl)} snapshot restore ${quote(p.file)} --data-dir "$dir/restoring" --name ${quote(p.name)} \\
  --initial-cluster ${quote(p.members.join(","))} --initial-cluster-token ${quote(p.cluster)} \\
  --initial-advertise-peer-urls ${quote(p.peer)} --bump-revision 1000000000 --mark-compacted
chown -R etcd:etcd "$dir/restoring"
if [ -e "$dir/member" ]; then mv -- "$dir/member" "$dir/before-restore-$(date -u +%Y%m%dT%H%M%SZ)"; fi
mv -- "$dir/restoring/member" "$dir/member"
sync -f "$dir"
printf '%s\\n' ${record.snapshot.sha256} > "$dir/${restoredMarker}"
rm -rf -- "$dir/restoring"`,
    },
  ],
  effects: (p) => [{ below: `${p.dataDir}/member` }, effect(queries.path(markerIn(p)), unknown)],
  forecast: ({ record }) => ({ marker: `${record.snapshot.sha256}\n` }),
});
