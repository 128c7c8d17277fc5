import { certificates, users, type Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";

/** VictoriaLogs, and the agent that sends it the logs of each node. */
export const logging = ({ architecture, version, program }: Ingredients): readonly Recipe[] =>
  ["victoria-logs", "vlagent"].map((name) => ({
    host: "docker.io",
    repository: `victoriametrics/${name}`,
    tags: [`v${version("victoria_logs_version")}`],
    for: ["logging"],
    architecture,
    entrypoint: [`/${name}-prod`],
    files: { [`/${name}-prod`]: program(name), ...certificates, ...users },
    scratch: ["/tmp"],
  }));
