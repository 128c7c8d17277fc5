import path from "node:path";
import { play, playbook, type Role, type Task } from "kubeplay";
import { tasksIn } from "#engine/tasks/block.ts";
import { containerd } from "#roles/containerd/index.ts";

const isProgram = ({ does }: Task): boolean => "resource" in does && does.resource.kind === "binary";

/** The role containerd without its programs: fetching them takes minutes, and a spec replaces them. */
const role: Role = {
  ...containerd,
  folder: path.resolve(import.meta.dirname, "../../roles/containerd"),
  tasks: (context: Parameters<typeof containerd.tasks>[0]) =>
    tasksIn(containerd.tasks(context)).filter((task) => !isProgram(task)),
};

export default playbook([play({ name: "Container runtime", hosts: "all", roles: [role] })]);
