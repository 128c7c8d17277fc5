import { play, playbook } from "kubeplay";
import { adoptCheck, adoptCluster, adoptHost } from "#roles/adopt/index.ts";
import { pki } from "#roles/pki/index.ts";

/** Rebuilds the controller's folder of a cluster, which is lost and in no backup, from the hosts. They stay as they are. */
export default playbook([
  play({ name: "The folder is lost", hosts: "localhost", anyErrorsFatal: true, roles: [adoptCheck] }),
  play({ name: "What the hosts have of it", hosts: "all", anyErrorsFatal: true, roles: [adoptHost] }),
  play({ name: "The controller's folder", hosts: "localhost", anyErrorsFatal: true, roles: [adoptCluster] }),
  play({ name: "Kubeconfigs and bundles", hosts: "localhost", roles: [pki] }),
]);
