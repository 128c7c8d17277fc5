import { play, playbook } from "kubeplay";
import { lab } from "#roles/lab/index.ts";

export default playbook([
  play({ name: "The lab's hosts", hosts: "localhost", onlyWith: "lab", become: true, roles: [lab] }),
]);
