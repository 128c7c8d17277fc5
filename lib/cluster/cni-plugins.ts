import { binary, directory } from "kubeplay";

interface Of {
  readonly version: string;
  readonly architecture: string;
}

const folder = "/opt/cni/bin";

/** Plain CNI plugins, where the container runtime looks for them. */
export const cniPlugins = (names: readonly string[], of: Of) => [
  directory("Make the plugins' directory", { path: folder, mode: 0o755 }),
  ...names.map((name) => binary(`Install the plugin ${name}`, { artifact: name, ...of, dest: `${folder}/${name}` })),
];
