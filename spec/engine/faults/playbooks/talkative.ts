import { defineRole, directory, file, line, play, playbook } from "kubeplay";

const folder = "/srv/talk";

/** Many tasks, whose events do not fit into a small log. */
const talkative = defineRole({
  name: "talkative",
  description: "Many changes with long labels.",
  vars: {},
  tasks: ({ host }) => {
    const own = `${folder}/${host.name}`;
    return [
      directory("Make the folder", { path: folder }),
      ...Array.from({ length: 400 }, (_, index) =>
        file(`Write the file ${String(index)} of many`, { dest: `${own}-${String(index)}`, content: "text\n" }),
      ),
      line("Write the last line", { path: `${folder}/file`, line: `done ${host.name}`, create: true }),
    ];
  },
});

export default playbook([play({ name: "Talk", hosts: "all", roles: [talkative] })]);
