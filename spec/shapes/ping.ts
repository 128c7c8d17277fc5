import { defineRole, play, playbook, read } from "kubeplay";

/** Reads the user that tasks run as. */
const ping = defineRole({
  name: "ping",
  description: "A question that changes nothing.",
  vars: {},
  tasks: () => [read("Ask who does it", { run: "id -un" })],
});

export default playbook([play({ name: "Ping", hosts: "all", roles: [ping] })]);
