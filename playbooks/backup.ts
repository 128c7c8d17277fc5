import { play, playbook } from "kubeplay";
import { backup } from "#roles/backup/index.ts";

/** Saves etcd and the controller's files of the cluster, encrypted, in a folder of the controller. */
export default playbook([play({ name: "Backup", hosts: "masters", roles: [backup] })]);
