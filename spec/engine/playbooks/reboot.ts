import { command, defineRole, file, play, playbook, reboot } from "kubeplay";

/** One task before the reboot and one after it, on the new connection. */
const restarted = defineRole({
  name: "restarted",
  description: "Restarts its host.",
  vars: {},
  tasks: () => [
    file("Write before", { dest: "/srv/reboot-before", content: "before\n" }),
    reboot("Restart the host", { timeout: 90 }),
    command("Say since when it is up", { run: "cut -d' ' -f22 /proc/1/stat > /srv/reboot-after" }),
  ],
});

export default playbook([play({ name: "Restart", hosts: "all", roles: [restarted] })]);
