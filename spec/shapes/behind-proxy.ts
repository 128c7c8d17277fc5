import path from "node:path";
import { packages, play, playbook, type Role, type Task } from "kubeplay";
import { aptEnvironment, aptVariables } from "#cluster/apt-environment.ts";
import { tasksIn } from "#engine/tasks/block.ts";
import { containerd } from "#roles/containerd/index.ts";

const isProgram = ({ does }: Task): boolean => "resource" in does && does.resource.kind === "binary";

type Context = Parameters<typeof containerd.tasks>[0] & Parameters<typeof aptEnvironment>[0];

/** The role containerd without its programs: fetching them takes minutes, and a spec replaces them. A package first. */
const role: Role = {
  ...containerd,
  vars: { ...containerd.vars, ...aptVariables },
  folder: path.resolve(import.meta.dirname, "../../roles/containerd"),
  tasks: (context: Context) => [
    packages("Install the names of protocols", { names: ["netbase"] }).environment(aptEnvironment(context)),
    ...tasksIn(containerd.tasks(context)).filter((task) => !isProgram(task)),
  ],
};

export default playbook([play({ name: "Container runtime", hosts: "all", roles: [role] })]);
