import { certificates, type Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";

/** The images that every cluster runs. */
export const base = ({ architecture, version, program }: Ingredients): readonly Recipe[] => [
  {
    host: "registry.k8s.io",
    repository: "pause",
    tags: [version("pause_version")],
    for: ["base"],
    architecture,
    entrypoint: ["/pause"],
    user: "65535:65535",
    files: { "/pause": program("pause") },
  },
  {
    // Runs as root, unlike the official one: a plain tar layer cannot carry the file capability for port 53.
    host: "registry.k8s.io",
    repository: "coredns/coredns",
    tags: [`v${version("coredns_version")}`],
    for: ["node-local-dns", "dns"],
    architecture,
    entrypoint: ["/coredns"],
    files: { "/coredns": program("coredns"), ...certificates },
    note: "runs as root",
  },
];
