import { certificates, users, type Ingredients } from "../ingredients.ts";
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
    host: "registry.k8s.io",
    repository: "coredns/coredns",
    tags: [`v${version("coredns_version")}`],
    for: ["node-local-dns", "dns"],
    architecture,
    entrypoint: ["/coredns"],
    // As in the official image, which is based on distroless' "nonroot".
    user: "65532:65532",
    files: { "/coredns": program("coredns"), ...certificates, ...users },
    capabilities: { "/coredns": ["NET_BIND_SERVICE"] },
  },
];
