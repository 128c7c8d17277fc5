import { binary, defineRole, file } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { noFiles } from "#cluster/undo/programs.ts";
import { programVariables } from "#cluster/variables.ts";

const socket = "unix:///run/containerd/containerd.sock";

const configuration = "/etc/crictl.yaml";

/** A tool for people: no component of the cluster needs it. */
export const crictl = defineRole({
  name: "crictl",
  description: "The command line of the container runtime, for inspecting a node.",
  undo: ({ vars }) => noFiles(`${vars.bin_dir}/crictl`, configuration),
  vars: { ...programVariables, crictl_version: versionVariables.crictl_version },
  tasks: ({ vars, facts }) => [
    binary("Install crictl", {
      artifact: "crictl",
      version: vars.crictl_version,
      architecture: facts.architecture,
      dest: `${vars.bin_dir}/crictl`,
    }),
    file("Write its configuration", {
      dest: configuration,
      content: `runtime-endpoint: ${socket}\nimage-endpoint: ${socket}\n`,
    }),
  ],
});
