import { stringify } from "yaml";

/** The registry's configuration. The registry is open only to the lab's own network. */
export const registryConfig = (port: number): string =>
  stringify({
    version: "0.1",
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: "/var/lib/registry" } },
    http: { addr: `:${String(port)}` },
  });
