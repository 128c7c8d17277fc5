import path from "node:path";
import { Type } from "typebox";
import { defineRole } from "#lib/dsl/index.ts";
import { binary, defineAction, directory, file, handler } from "#lib/resources/index.ts";
import { versionVariables } from "#roles/artifacts/variables.ts";
import { containers, type Container } from "#roles/lab/containers.ts";
import { labImageName } from "#roles/lab/image.ts";
import { labFolder, labVariables } from "#roles/lab/variables.ts";
import { registryConfig } from "./config.ts";

const name = "kubeplay-registry";
const folder = (): string => path.join(labFolder(), "registry");

const vars = {
  lab_state: labVariables.lab_state,
  lab_network: labVariables.lab_network,
  lab_registry_address: labVariables.lab_registry_address,
  lab_registry_port: Type.Integer({ default: 5000, description: "Where the lab's registry listens." }),
  registry_version: versionVariables.registry_version,
};

/** The lab's image has no registry in it: program and configuration come from a folder of this machine. */
const container = (address: string, port: number): Container => ({
  name,
  address,
  options: [
    ...["--volume", `${folder()}:/opt/registry:ro`, "--volume", `${name}:/var/lib/registry`],
    ...["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096"],
    // It would look for a collector of traces otherwise.
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

/** Runs on the controller, in the lab's own network; a lab that is taken away takes it along. */
export const labRegistry = defineRole({
  name: "lab-registry",
  description: "The registry that gives the lab's hosts their images, in place of those of the world.",
  vars,
  tasks: ({ vars, inventory, facts }) => {
    if (!inventory.hasGroup("lab") || inventory.group("lab").length === 0) return [];
    const registry = containers("Start the registry", {
      containers: [container(vars.lab_registry_address, vars.lab_registry_port)],
      network: vars.lab_network,
      folder: labFolder(),
      state: vars.lab_state,
    });
    if (vars.lab_state === "absent") return [registry];
    const again = handler("Restart the registry", restartContainer("Restart the registry", { name }));
    return [
      directory("Make its folder", { path: folder(), mode: 0o755 }),
      binary("Put its program there", {
        artifact: "registry",
        version: vars.registry_version,
        architecture: facts.architecture,
        dest: path.join(folder(), "registry"),
      }).notify(again),
      file("Write its configuration", {
        dest: path.join(folder(), "config.yaml"),
        content: registryConfig(vars.lab_registry_port),
      }).notify(again),
      registry,
    ];
  },
});

/** For the playbook that takes the lab away: a network cannot go while a container is on it. */
export const labRegistryRemoval = defineRole({
  name: "lab-registry-removal",
  description: "Takes the registry away where the lab goes.",
  vars,
  tasks: (context) => (context.vars.lab_state === "absent" ? labRegistry.tasks(context) : []),
});
