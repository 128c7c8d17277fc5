import { play, playbook } from "kubeplay";
import { app } from "../roles/app/index.ts";

export default playbook([
  play({
    name: "The app, one host first, then a third at a time",
    hosts: "app",
    serial: [1, "33%"],
    maxFailPercentage: 20,
    roles: [app],
  }),
]);
