import { certificates, users, type Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";

/** The registry's configuration if nothing is mounted over it. */
const registryConfig = `version: 0.1
storage:
  filesystem:
    rootdirectory: /var/lib/registry
  delete:
    enabled: true
http:
  addr: :5000
`;

/** Addons that are one image of one program. */
export const simple = ({ architecture, version, program }: Ingredients): readonly Recipe[] => [
  {
    host: "registry.k8s.io",
    repository: "metrics-server/metrics-server",
    tags: [`v${version("metrics_server_version")}`],
    for: ["metrics-server"],
    architecture,
    entrypoint: ["/metrics-server"],
    user: "65534:65534",
    files: { "/metrics-server": program("metrics-server"), ...certificates, ...users },
    scratch: ["/tmp"],
  },
  {
    host: "docker.io",
    repository: "library/registry",
    tags: [version("registry_version")],
    for: ["registry"],
    architecture,
    entrypoint: ["registry"],
    command: ["serve", "/etc/distribution/config.yml"],
    files: {
      "/bin/registry": program("registry"),
      "/etc/distribution/config.yml": { content: registryConfig },
      ...certificates,
      ...users,
    },
    scratch: ["/var/lib/registry", "/tmp"],
  },
];
