import { play, playbook } from "#lib/dsl/index.ts";
import { ordinary } from "./role.ts";

export default playbook([play({ name: "Ordinary tasks", hosts: "all", roles: [ordinary] })]);
