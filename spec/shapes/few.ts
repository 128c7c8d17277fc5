import { binary, command, defineRole, file, play, playbook } from "kubeplay";

/** One change of each way to a host: its shells, a large upload, a dialogue (the lock), and a detached command. */
const few = defineRole({
  name: "few",
  description: "Few changes.",
  folder: process.cwd(),
  vars: {},
  tasks: ({ facts }) => {
    const at = `/var/tmp/few-${facts.user}`;
    return [
      command("Say hello", { run: `umask > ${at}; id -un >> ${at}`, creates: at }),
      file("Write much", { dest: `${at}-much`, content: "it's\n".repeat(20_000) }),
      binary("Install a program", { src: "program", dest: "/usr/local/bin/few" }),
      command("Run it detached", { run: `few > ${at}-detached`, creates: `${at}-detached`, detached: true }),
    ];
  },
});

export default playbook([play({ name: "Few", hosts: "all", roles: [few] })]);
