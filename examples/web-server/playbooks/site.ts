import { play, playbook } from "kubeplay";
import { webServer } from "../roles/web-server/index.ts";

export default playbook([play({ name: "Web servers", hosts: "web", roles: [webServer] })]);
