import { certificates, users, type Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";
import { applets } from "./applets.ts";

/** The provisioner of volumes, and the shell with which it makes and removes their folders. */
export const storage = ({ architecture, version, program }: Ingredients): readonly Recipe[] => [
  {
    host: "docker.io",
    repository: "rancher/local-path-provisioner",
    tags: [`v${version("local_path_provisioner_version")}`],
    for: ["storage"],
    architecture,
    command: ["local-path-provisioner"],
    files: { "/usr/bin/local-path-provisioner": program("local-path-provisioner"), ...certificates, ...users },
    note: "without a shell",
  },
  {
    host: "docker.io",
    repository: "library/busybox",
    tags: [version("busybox_version")],
    for: ["storage"],
    architecture,
    command: ["sh"],
    files: { "/bin/busybox": program("busybox"), ...users },
    links: Object.fromEntries(applets.map((name) => [`/bin/${name}`, "busybox"])),
    scratch: ["/tmp"],
  },
];
