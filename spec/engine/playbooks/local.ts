import { Type } from "typebox";
import { command, defineRole, play, playbook, quote } from "kubeplay";

/** A command that hangs, with a child whose process id it notes in a folder. */
const local = defineRole({
  name: "local",
  description: "A command that does not end.",
  vars: { local_folder: Type.String({ description: "The folder." }) },
  tasks: ({ vars }) => [
    command("Run what hangs", {
      run: `cd ${quote(vars.local_folder)}; sleep 100000 & echo $! > pid; mv pid begun; wait`,
    }),
  ],
});

export default playbook([play({ name: "Hang", hosts: "all", roles: [local] })]);
