import { Type } from "typebox";
import { command, defineRole, directory, line, play, playbook } from "kubeplay";

/** Adds a line to a file of each host; it can be stopped on the way, and leave a program running. */
const notebook = defineRole({
  name: "notebook",
  description: "Adds a line to a notebook.",
  vars: {
    notebook_folder: Type.String({ default: "/srv/greeting", description: "Where the notebook is." }),
    notebook_line: Type.String({ default: "first", description: "The line." }),
    notebook_hold: Type.Boolean({ default: false, description: "Whether a command waits until it may continue." }),
    notebook_daemon: Type.Boolean({ default: false, description: "Whether a command leaves a program running." }),
  },
  tasks: ({ vars }) => {
    const folder = vars.notebook_folder;
    return [
      directory("Make the folder", { path: folder }),
      line("Begin the notebook", { path: `${folder}/notes`, line: "zero", create: true }),
      command("Leave a program running", {
        run: `nohup sleep 300 > /dev/null 2>&1 & echo $! > '${folder}/daemon'`,
      }).when(vars.notebook_daemon),
      command("Take a while", {
        run: `touch '${folder}/at-work'
n=0; while [ ! -e '${folder}/go' ] && [ $n -lt 900 ]; do sleep 0.2; n=$((n + 1)); done
echo ended >> '${folder}/ended'`,
      }).when(vars.notebook_hold),
      line("Add the line", { path: `${folder}/notes`, line: vars.notebook_line }),
    ];
  },
});

export default playbook([play({ name: "Notes", hosts: "lab", roles: [notebook] })]);
