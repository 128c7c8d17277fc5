import { defineRole, file, play, playbook } from "kubeplay";

/** Writes down the address that other hosts use for a host. */
const address = defineRole({
  name: "address",
  description: "A host's address.",
  vars: {},
  tasks: ({ host }) => [file("Note its address", { dest: "/srv/address", content: `${host.address}\n` })],
});

export default playbook([play({ name: "Address", hosts: "all", roles: [address] })]);
