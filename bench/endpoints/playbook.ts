import { play, playbook } from "kubeplay";
import { manyEndpoints } from "./role.ts";

export default playbook([play({ name: "One host in place of hundreds", hosts: "bench-1", roles: [manyEndpoints] })]);
