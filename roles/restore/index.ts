import path from "node:path";
import { Type } from "typebox";
import { barrier, binary, defineRole, directory, file, InputError, service, type Inventory } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { elsewhere, type Elsewhere } from "#cluster/backup/elsewhere.ts";
import { backupVariables } from "#cluster/backup/variables.ts";
import { etcdAccount, restoredMarker } from "#cluster/etcd-account.ts";
import { initialCluster, peerUrl } from "#cluster/etcd-members.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { clusterVariables, etcdVariables, programVariables } from "#cluster/variables.ts";
import { checkDrill } from "./drill.ts";
import { broughtBackup } from "./brought.ts";
import { controllerFolder, plainSnapshot, snapshotFile, type FromBackup } from "./controller.ts";
import { restoreCheck, restoredData, restorePending } from "./etcd.ts";

const folder = import.meta.dirname;
/** On the masters, for as long as they are restored. */
const onHost = "/var/lib/kubeplay-restore";

const vars = {
  cluster_name: clusterVariables.cluster_name,
  backup: Type.String({
    default: "",
    description:
      "The backup that the playbooks restore and drill take: a folder, `s3://bucket/folder/NAME` or `user@host:/folder/NAME`; only with -e.",
  }),
  backup_folder: backupVariables.backup_folder,
  backup_ssh_options: backupVariables.backup_ssh_options,
  backup_s3_endpoint: backupVariables.backup_s3_endpoint,
  backup_s3_region: backupVariables.backup_s3_region,
  backup_s3_access_key: backupVariables.backup_s3_access_key,
  backup_s3_secret_key: backupVariables.backup_s3_secret_key,
  drill: Type.Boolean({
    default: false,
    description:
      "Whether the inventory's lab takes backups of any cluster, to try them: its folder is made anew from each backup.",
  }),
};
const keys = {
  backup_passphrase: backupVariables.backup_passphrase,
  backup_identity_file: Type.String({
    default: "",
    description: "The controller's file with the private keys of age that decrypt backups.",
  }),
};

interface Given {
  readonly backup: string;
  readonly backup_folder: string;
  readonly backup_ssh_options: readonly string[];
  readonly backup_s3_endpoint: string;
  readonly backup_s3_region: string;
  readonly backup_s3_access_key: string | undefined;
  readonly backup_s3_secret_key: string | undefined;
}

const remoteIn = (values: Given): Elsewhere | undefined =>
  elsewhere(values.backup, {
    sshOptions: values.backup_ssh_options,
    s3: {
      endpoint: values.backup_s3_endpoint,
      region: values.backup_s3_region,
      accessKey: values.backup_s3_access_key,
      secretKey: values.backup_s3_secret_key,
    },
  });

/** The folder of the backup on the controller; one that is elsewhere comes into the folder of backups first. */
function given(values: Given): string {
  const remote = remoteIn(values);
  if (remote) return path.join(values.backup_folder, remote.name);
  if (values.backup !== "") return values.backup;
  throw new InputError([
    {
      message:
        "which backup? Expected its folder: npm run play -- -e backup=backups/production-20261130T124011Z restore",
    },
  ]);
}

function fromBackup(
  values: Given & {
    readonly cluster_name: string;
    readonly drill: boolean;
    readonly backup_identity_file: string;
    readonly backup_passphrase: string | undefined;
  },
  inventory: Inventory,
): FromBackup {
  checkDrill(values, inventory);
  return {
    cluster: values.cluster_name,
    backup: given(values),
    identityFile: values.backup_identity_file,
    passphrase: values.backup_passphrase,
    drill: values.drill,
  };
}

export const restoreController = defineRole({
  name: "restore-controller",
  folder,
  description: "Brings the backup here if it is elsewhere, and the controller's folder of the cluster if it is lost.",
  vars: { ...vars, ...keys },
  tasks: ({ vars, inventory }) => {
    const remote = remoteIn(vars);
    const from = fromBackup(vars, inventory);
    return [
      ...(remote ? [broughtBackup("Bring the backup here", { to: from.backup, remote })] : []),
      controllerFolder("Bring back the cluster's folder", from),
    ];
  },
});

export const decryptSnapshot = defineRole({
  name: "restore-snapshot",
  folder,
  description: "Decrypts the snapshot on the controller.",
  vars: { ...vars, ...keys },
  tasks: ({ vars, inventory }) => [plainSnapshot("Decrypt the snapshot", fromBackup(vars, inventory))],
});

export const checkRestore = defineRole({
  name: "restore-check",
  folder,
  description: "Refuses to restore a cluster that is alive, unless that is wanted.",
  vars: {
    ...vars,
    etcd_data_dir: etcdVariables.etcd_data_dir,
    etcd_metrics_port: etcdVariables.etcd_metrics_port,
    restore_overwrite: Type.Boolean({
      default: false,
      description: "Whether the playbook restore takes back a healthy cluster to its backup.",
    }),
  },
  tasks: ({ vars }) => [
    restoreCheck("Check that etcd is not alive", {
      cluster: vars.cluster_name,
      backup: given(vars),
      drill: vars.drill,
      dataDir: vars.etcd_data_dir,
      metricsPort: vars.etcd_metrics_port,
      overwrite: vars.restore_overwrite,
    }),
  ],
});

export const restoreEtcd = defineRole({
  name: "restore-etcd",
  folder,
  description: "Stops the control plane of all masters, and makes the data of etcd's members from the snapshot.",
  vars: { ...vars, ...etcdVariables, bin_dir: programVariables.bin_dir, etcd_version: versionVariables.etcd_version },
  // Of a restoration that was interrupted.
  undo: () => [noLeftovers("Remove the snapshot of a restoration", { folder: onHost, names: ["*"] })],
  tasks: ({ vars, host, inventory, facts }) => {
    checkDrill(vars, inventory);
    const restored = {
      cluster: vars.cluster_name,
      backup: given(vars),
      drill: vars.drill,
      dataDir: vars.etcd_data_dir,
    };
    const pending = restorePending("Look whether it is restored already", restored);
    const etcdutl = `${vars.bin_dir}/etcdutl`;
    return [
      pending,
      ...["kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"].map((name) =>
        service(`Stop ${name}`, { name, state: "stopped" }).when(pending.output),
      ),
      barrier("Wait until no master has a member that runs"),
      ...etcdAccount(vars.etcd_data_dir),
      binary("Install etcdutl", {
        artifact: "etcdutl",
        version: vars.etcd_version,
        architecture: facts.architecture,
        dest: etcdutl,
      }),
      directory("Make the snapshot's directory", { path: onHost, mode: 0o700 }),
      file("Copy the snapshot", {
        src: snapshotFile(vars.cluster_name),
        dest: `${onHost}/etcd.db`,
        mode: 0o600,
        secret: true,
      }),
      restoredData("Make the member's data from the snapshot", {
        ...restored,
        file: `${onHost}/etcd.db`,
        etcdutl,
        name: host.name,
        peer: peerUrl({ address: host.address, port: vars.etcd_peer_port }),
        members: initialCluster(inventory.group("masters"), vars.etcd_peer_port),
      }),
    ];
  },
});

export const restoreEnds = defineRole({
  name: "restore-ends",
  folder,
  description: "Removes what a restoration needed.",
  vars: { cluster_name: clusterVariables.cluster_name, etcd_data_dir: etcdVariables.etcd_data_dir },
  tasks: ({ vars, host }) =>
    host.name === "localhost"
      ? [
          directory("Remove the decrypted snapshot", {
            path: path.dirname(snapshotFile(vars.cluster_name)),
            state: "absent",
          }),
        ]
      : [
          directory("Remove the snapshot", { path: onHost, state: "absent" }),
          file("Remove the note of the restoration", {
            dest: `${vars.etcd_data_dir}/${restoredMarker}`,
            state: "absent",
          }),
        ],
});
