import { Type } from "typebox";
import { defineRole, play, playbook } from "kubeplay";
import { portableTasks } from "../engine/every-task.ts";

const root = process.cwd();

/** Every kind of resource that any host can have once, and nothing that is always a change. The project must be prepared with `furnish`. */
const everything = defineRole({
  name: "everything",
  description: "Every kind of resource.",
  folder: root,
  vars: {
    everything_without: Type.Array(Type.String(), { default: [], description: "Tasks that are left out, by name." }),
    everything_programs: Type.String({ default: "/usr/local/bin", description: "The folder of installed programs." }),
  },
  tasks: ({ vars }) =>
    portableTasks(root, vars.everything_programs).filter(
      ({ name }) => name !== "Run always" && !vars.everything_without.includes(name),
    ),
});

export default playbook([play({ name: "Everything", hosts: "all", roles: [everything] })]);
