import path from "node:path";
import { defineRole } from "#lib/dsl/index.ts";
import { sysctl } from "#lib/resources/index.ts";
import { labAccess } from "./access.ts";
import { containers } from "./containers.ts";
import { asContainer } from "./host.ts";
import { labImage } from "./image.ts";
import { labKey } from "./key.ts";
import { labNetwork } from "./network.ts";
import { labTools } from "./tools.ts";
import { labCache, labVariables } from "./variables.ts";

export const lab = defineRole({
  name: "lab",
  description: "The hosts of group `lab`, made on this very machine as containers with systemd and sshd.",
  vars: labVariables,
  tasks: ({ vars, inventory, facts }) => {
    const hosts = inventory.hasGroup("lab") ? inventory.group("lab") : [];
    if (hosts.length === 0) return [];
    const { lab_state: state, lab_network: name, lab_subnet: subnet } = vars;
    const folder = path.resolve(vars.lab_folder);
    const network = labNetwork(state === "present" ? "Make the network" : "Remove the network", {
      name,
      subnet,
      state,
    });
    const machines = containers(state === "present" ? "Start the hosts" : "Remove the hosts", {
      containers: hosts.map((host) => asContainer(host, facts.cgroup)),
      network: name,
      folder,
      state,
    });
    if (state === "absent") return [machines, network, labKey("Forget the hosts' keys", { folder, state })];
    return [
      labTools("Install what the lab is made with", {}),
      sysctl("Let this many hosts watch their files", {
        name: "fs.inotify.max_user_instances",
        value: "1024",
        atLeast: true,
        file: "90-kubeplay-lab",
      }),
      labKey("Make the lab's key", { folder, state }),
      labImage("Make the hosts' image", { cache: labCache() }),
      network,
      machines,
      labAccess("Record the hosts' keys", { folder, hosts }),
    ];
  },
});
