import { defineRole, packages, play, playbook } from "kubeplay";

/** The requirements of other contenders on a host; kubeplay has none. */
const python = defineRole({
  name: "python",
  description: "Python, which ansible's modules run in.",
  vars: {},
  tasks: () => [packages("Install Python", { names: ["python3"] })],
});

export default playbook([play({ name: "Requirements of other contenders", hosts: "all", roles: [python] })]);
