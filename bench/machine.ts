import { readFileSync } from "node:fs";
import os from "node:os";

/** The machine that the figures were measured on. */
export function machine(): Readonly<Record<string, string>> {
  const processors = os.cpus();
  return {
    system: /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown",
    kernel: os.release(),
    processors: `${processors.length} × ${processors[0]?.model ?? "unknown"}`,
    memory: `${(os.totalmem() / 2 ** 30).toFixed(0)} GiB`,
    node: process.version,
    load: os
      .loadavg()
      .map((load) => load.toFixed(1))
      .join(" "),
  };
}
