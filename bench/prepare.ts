import { defineRole, play, playbook } from "#lib/dsl/index.ts";
import { packages } from "#lib/resources/index.ts";

/** What other contenders want of a host; kubeplay wants nothing. */
const python = defineRole({
  name: "python",
  description: "Python, which ansible's modules run in.",
  vars: {},
  tasks: () => [packages("Install Python", { names: ["python3"] })],
});

export default playbook([play({ name: "What others need", hosts: "all", roles: [python] })]);
