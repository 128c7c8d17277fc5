import { defineRole, file, play, playbook } from "kubeplay";

/** Copies a file that takes long to upload: `large` in the folder in which the program was started. */
const large = defineRole({
  name: "large",
  description: "A large file.",
  vars: {},
  tasks: () => [file("Write a large file", { dest: "/srv/slow/large", src: `${process.cwd()}/large` })],
});

export default playbook([play({ name: "Large", hosts: "all", roles: [large] })]);
