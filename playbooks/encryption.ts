import { play, playbook, type Role } from "kubeplay";
import { artifactsFor } from "#roles/artifacts/index.ts";
import {
  encryptionAdd,
  encryptionFirst,
  encryptionRemove,
  readsNew,
  rewriteObjects,
  writesNew,
} from "#roles/encryption/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { madeCluster } from "#roles/made-cluster/index.ts";
import { preflight } from "#roles/preflight/index.ts";
import { mastersWell } from "#roles/rotation/index.ts";

/** --tags does not select around it: an API server without a key cannot read what another one has written. */
const gate = (role: Role): Role => role.tagged("always");

const controller = (name: string, ...roles: readonly Role[]) =>
  play({ name, hosts: "localhost", anyErrorsFatal: true, roles: roles.map(gate) });
const masters = (name: string, ...roles: readonly Role[]) =>
  play({ name, hosts: "masters", anyErrorsFatal: true, roles: roles.map(gate) });

/**
 * Encrypts what etcd has as the variables say: a cluster that was made without, another provider, other resources.
 * `-e encryption_rotate=true` replaces the key. An interrupted one goes on where it was.
 */
export default playbook([
  controller("The cluster exists", madeCluster),
  play({ name: "Check every host before touching any", hosts: "all", anyErrorsFatal: true, roles: [preflight] }),
  masters("Masters are well", mastersWell),
  controller("A key that all can read by", artifactsFor("base"), encryptionAdd),
  masters("API servers read by it", kubeApiserver, readsNew),
  controller("It becomes the one that writes", encryptionFirst),
  masters("API servers write by it", kubeApiserver, writesNew),
  masters("Objects are written again", rewriteObjects),
  controller("Other keys go", encryptionRemove),
  masters("API servers forget them", kubeApiserver),
]);
