import path from "node:path";
import { Type } from "typebox";
import { binary, defineAction, defineRole, directory, file, handler } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { containers, type Container } from "#roles/lab/containers.ts";
import { labImageName } from "#roles/lab/image.ts";
import { labVariables } from "#roles/lab/variables.ts";
import { hasLab } from "#cluster/members.ts";
import { registryConfig } from "./config.ts";

const vars = {
  lab_folder: labVariables.lab_folder,
  lab_network: labVariables.lab_network,
  lab_registry_address: labVariables.lab_registry_address,
  lab_registry_port: Type.Integer({ default: 5000, description: "The port on which the lab's registry listens." }),
  lab_registry_version: versionVariables.lab_registry_version,
};

/** The lab's image contains no registry: the program and its configuration come from a folder on this machine. */
const container = (name: string, folder: string, address: string, port: number): Container => ({
  name,
  address,
  options: [
    ...["--volume", `${folder}:/opt/registry:ro`, "--volume", `${name}:/var/lib/registry`],
    ...["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096"],
    // Otherwise the registry would look for a trace collector.
    ...["--env", "OTEL_TRACES_EXPORTER=none"],
  ],
  image: labImageName,
  command: ["/opt/registry/registry", "serve", "/opt/registry/config.yaml"],
  port,
});

const restartContainer = defineAction({
  kind: "restart container",
  label: (p: { readonly name: string }) => p.name,
  steps: (p) => [`podman restart --time 5 ${p.name} >/dev/null`],
  settledBy: (p) => ({ kind: "lab containers", label: p.name, what: p.name }),
});

/** Runs on the controller, in the lab's own network. It is removed together with the lab. */
export const labRegistry = defineRole({
  name: "lab-registry",
  description: "A registry that serves images to the lab's hosts, in place of public registries.",
  vars,
  tasks: ({ vars, inventory, facts }) => {
    if (!hasLab(inventory)) return [];
    const name = `${vars.lab_network}-registry`;
    const labFolder = path.resolve(vars.lab_folder);
    const folder = path.join(labFolder, "registry");
    const registry = containers("Start the registry", {
      containers: [container(name, folder, vars.lab_registry_address, vars.lab_registry_port)],
      network: vars.lab_network,
      folder: labFolder,
      state: "present",
    });
    const again = handler("Restart the registry", restartContainer("Restart the registry", { name }));
    return [
      directory("Create the registry's folder", { path: folder, mode: 0o755 }),
      binary("Install the registry's program", {
        artifact: "docker-registry",
        version: vars.lab_registry_version,
        architecture: facts.architecture,
        dest: path.join(folder, "registry"),
      }).notify(again),
      file("Write its configuration", {
        dest: path.join(folder, "config.yaml"),
        content: registryConfig(vars.lab_registry_port),
      }).notify(again),
      registry,
    ];
  },
});
