import { play, playbook } from "kubeplay";
import { ordinary } from "./role.ts";

export default playbook([play({ name: "Ordinary tasks", hosts: "all", roles: [ordinary] })]);
