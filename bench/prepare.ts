import { defineRole, play, playbook } from "#engine/dsl/index.ts";
import { packages } from "#engine/resources/index.ts";

/** What other contenders want of a host; kubeplay wants nothing. */
const python = defineRole({
  name: "python",
  description: "Python, which ansible's modules run in.",
  vars: {},
  tasks: () => [packages("Install Python", { names: ["python3"] })],
});

export default playbook([play({ name: "What others need", hosts: "all", roles: [python] })]);
