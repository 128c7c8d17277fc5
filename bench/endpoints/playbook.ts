import { play, playbook } from "#engine/dsl/index.ts";
import { manyEndpoints } from "./role.ts";

export default playbook([play({ name: "A host that stands for hundreds", hosts: "bench-1", roles: [manyEndpoints] })]);
