import { Type } from "typebox";
import { ansibleModule, defineRole, play, playbook } from "kubeplay";
import { calls } from "./calls.ts";

/** Calls of Ansible modules, by kubeplay. */
const role = defineRole({
  name: "bench-modules",
  description: "Calls of Ansible modules.",
  vars: {
    bench_tasks: Type.Integer({
      minimum: 10,
      multipleOf: 10,
      default: 100,
      description: "The number of tasks in the bench's workload, a multiple of 10.",
    }),
  },
  tasks: ({ vars }) => calls(vars.bench_tasks).map(({ name, module, args }) => ansibleModule(name, { module, args })),
});

export default playbook([play({ name: "Calls of Ansible modules", hosts: "all", roles: [role] })]);
