import { play, playbook } from "kubeplay";
import { artifactsFor } from "#roles/artifacts/index.ts";
import { baseline } from "#roles/baseline/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { host } from "#roles/host/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { pki } from "#roles/pki/index.ts";
import { restoredAnswers } from "#roles/restore/answers.ts";
import { onlyInDrill } from "#roles/restore/drill.ts";
import { decryptSnapshot, restoreController, restoreEnds, restoreEtcd } from "#roles/restore/index.ts";
import lab from "./lab.ts";

/**
 * Tries a backup in a lab: `-i hosts.drill.yaml -e backup=FOLDER`. etcd and an API server come up with the backup's data
 * and keys. There is no kubelet and no controller, so that nothing of the cluster starts to work.
 */
export default playbook([
  lab,
  play({ name: "The backup", hosts: "localhost", anyErrorsFatal: true, roles: [onlyInDrill(restoreController)] }),
  play({
    name: "Certificates, binaries and the snapshot",
    hosts: "localhost",
    anyErrorsFatal: true,
    roles: [pki, artifactsFor("base"), onlyInDrill(decryptSnapshot)],
  }),
  play({ name: "The lab's host", hosts: "all", roles: [baseline, host] }),
  play({
    name: "etcd from the backup",
    hosts: "masters",
    anyErrorsFatal: true,
    roles: [onlyInDrill(restoreEtcd), etcd],
  }),
  play({ name: "API server", hosts: "masters", roles: [kubeApiserver] }),
  play({ name: "What was restored", hosts: "localhost", roles: [restoredAnswers] }),
  play({ name: "The drill has ended", hosts: "masters", roles: [restoreEnds] }),
  play({ name: "The controller forgets the snapshot", hosts: "localhost", roles: [restoreEnds] }),
]);
