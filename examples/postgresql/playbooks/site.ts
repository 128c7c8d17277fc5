import { play, playbook } from "kubeplay";
import { postgresql } from "../roles/postgresql/index.ts";

export default playbook([play({ name: "Databases", hosts: "databases", roles: [postgresql] })]);
