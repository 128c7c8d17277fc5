import { play, playbook } from "kubeplay";
import { lab } from "#roles/lab/index.ts";

/** Makes the hosts of the lab: containers or virtual machines on the controller. `lab_state` stops or removes them. */
export default playbook([
  play({ name: "The lab's hosts", hosts: "localhost", onlyWith: "lab", become: true, roles: [lab] }),
]);
