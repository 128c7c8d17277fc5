import path from "node:path";
import { Type } from "typebox";
import { defineRole, play, playbook } from "kubeplay";
import { labAccess } from "#roles/lab/access.ts";
import { containers } from "#roles/lab/containers.ts";
import { asContainer } from "#roles/lab/host.ts";
import { imageName, labImage } from "#roles/lab/image.ts";
import { labKey } from "#roles/lab/key.ts";
import { labNetwork } from "#roles/lab/network.ts";
import { labTools } from "#roles/lab/tools.ts";
import { labCache, labVariables } from "#roles/lab/variables.ts";
import { roots } from "./suites.ts";

/** A lab whose hosts run different systems, made with the resources of every lab. */
const shapes = defineRole({
  name: "shapes",
  description: "Hosts that are not like the lab's.",
  vars: {
    ...labVariables,
    shape_suite: Type.Enum(["trixie", "bookworm", "noble"], { default: "trixie", description: "The host's system." }),
  },
  tasks: ({ vars, varsOf, inventory, facts }) => {
    const { lab_network: name, lab_subnet: subnet } = vars;
    const state = vars.lab_state === "absent" ? "absent" : "present";
    const folder = path.resolve(vars.lab_folder);
    const hosts = inventory.group("shapes");
    const suites = [...new Set(hosts.map((host) => varsOf(host).shape_suite))];
    const machines = containers("Have the hosts", {
      containers: hosts.map((host) => {
        const image = imageName(roots[varsOf(host).shape_suite]);
        return { ...asContainer(host, facts.cgroup), image };
      }),
      network: name,
      folder,
      state,
    });
    const network = labNetwork("Have the network", { name, subnet, state });
    const key = labKey("Have the hosts' key", { folder, state });
    if (state === "absent") return [machines, network, key];
    return [
      labTools("Install what the hosts are made with", {}),
      key,
      ...suites.map((suite) => labImage(`Make the image of ${suite}`, { root: roots[suite], cache: labCache() })),
      network,
      machines,
      // If systemd listens for sshd, the port answers before the host has its key.
      labAccess("Record the hosts' keys", { folder, hosts }).retry({ attempts: 30, delay: 1 }),
    ];
  },
});

export default playbook([play({ name: "Hosts of many shapes", hosts: "localhost", become: true, roles: [shapes] })]);
