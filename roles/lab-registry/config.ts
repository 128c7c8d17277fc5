import { stringify } from "yaml";

/** What the registry reads at its start; it is open to the lab's own network only. */
export const registryConfig = (port: number): string =>
  stringify({
    version: "0.1",
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: "/var/lib/registry" } },
    http: { addr: `:${String(port)}` },
  });
