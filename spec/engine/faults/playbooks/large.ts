import { defineRole, play, playbook } from "#engine/dsl/index.ts";
import { file } from "#engine/resources/index.ts";

/** A file that takes its time on the way: `large` in the folder that the program was started in. */
const large = defineRole({
  name: "large",
  description: "A large file.",
  vars: {},
  tasks: () => [file("Write a large file", { dest: "/srv/slow/large", src: `${process.cwd()}/large` })],
});

export default playbook([play({ name: "Large", hosts: "all", roles: [large] })]);
