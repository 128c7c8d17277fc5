import { play, playbook } from "kubeplay";
import { etcd } from "#roles/etcd/index.ts";
import { preflight } from "#roles/preflight/index.ts";
import { checkRestore, decryptSnapshot, restoreController, restoreEnds, restoreEtcd } from "#roles/restore/index.ts";
import site from "./site.ts";

const checked = play({
  name: "Check that etcd is not alive",
  hosts: "masters",
  anyErrorsFatal: true,
  roles: [checkRestore],
});
const decrypted = play({ name: "The snapshot", hosts: "localhost", anyErrorsFatal: true, roles: [decryptSnapshot] });
const restored = play({ name: "etcd from the backup", hosts: "masters", anyErrorsFatal: true, roles: [restoreEtcd] });

/** The plays of `site`, with these beside the ones that they belong to. */
const plays = site.flatMap((one) => {
  if (one.roles.includes(preflight)) return [one, checked];
  return one.roles.includes(etcd) ? [decrypted, restored, one] : [one];
});

/** `site`, for a cluster whose etcd is made from a backup: `-e backup=FOLDER`. Played again, it finishes what was interrupted. */
export default playbook([
  play({ name: "The backup", hosts: "localhost", anyErrorsFatal: true, roles: [restoreController] }),
  ...plays,
  play({ name: "The restoration has ended", hosts: "masters", roles: [restoreEnds] }),
  play({ name: "The controller forgets the snapshot", hosts: "localhost", roles: [restoreEnds] }),
]);
