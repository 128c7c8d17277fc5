import { play, playbook } from "#engine/dsl/index.ts";
import { ordinary } from "./role.ts";

export default playbook([play({ name: "Ordinary tasks", hosts: "all", roles: [ordinary] })]);
