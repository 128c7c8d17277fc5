import { defineRole } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { checkReaders } from "#cluster/backup/encryption.ts";
import { s3Folder } from "#cluster/backup/over-s3.ts";
import { sshFolder } from "#cluster/backup/over-ssh.ts";
import { backupVariables } from "#cluster/backup/variables.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { endpoint } from "#cluster/urls.ts";
import { clusterVariables, etcdVariables, programVariables } from "#cluster/variables.ts";
import { backup as backupOf, folder as temporaryFolder } from "./backup.ts";

export { snapshotTimer } from "./timer.ts";

export const backup = defineRole({
  name: "backup",
  folder: import.meta.dirname,
  description: "Saves etcd, and the controller's files of the cluster, encrypted in a folder of the controller.",
  vars: {
    ...backupVariables,
    cluster_name: clusterVariables.cluster_name,
    kubernetes_version: versionVariables.kubernetes_version,
    etcd_version: versionVariables.etcd_version,
    etcd_client_port: etcdVariables.etcd_client_port,
    bin_dir: programVariables.bin_dir,
  },
  // Of a backup that was interrupted.
  undo: () => [noLeftovers("Remove the snapshot of a backup", { folder: temporaryFolder, names: ["*"] })],
  tasks: ({ vars, host, inventory }) => {
    const readers = { recipients: vars.backup_recipients, passphrase: vars.backup_passphrase };
    checkReaders(readers);
    const others = inventory.group("masters").filter(({ name }) => name !== host.name);
    return [
      backupOf("Save the cluster", {
        cluster: vars.cluster_name,
        readers,
        folder: vars.backup_folder,
        keep: vars.backup_keep,
        copy: sshFolder(vars.backup_ssh, vars.backup_ssh_options),
        s3: s3Folder(vars.backup_s3, {
          endpoint: vars.backup_s3_endpoint,
          region: vars.backup_s3_region,
          accessKey: vars.backup_s3_access_key,
          secretKey: vars.backup_s3_secret_key,
        }),
        inventory: inventory.file,
        versions: { kubernetes: vars.kubernetes_version, etcd: vars.etcd_version },
        binDir: vars.bin_dir,
        endpoints: [host, ...others].map(({ address }) => `https://${endpoint(address, vars.etcd_client_port)}`),
      }).runOnce(),
    ];
  },
});
