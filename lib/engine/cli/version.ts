import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { home } from "../start/home.mjs";

/** The folder of kubeplay's package.json. */
export function packageFolder(): string {
  let folder = home;
  while (!existsSync(path.join(folder, "package.json"))) folder = path.dirname(folder);
  return folder;
}

/** kubeplay's own version. */
export function version(): string {
  const file = path.join(packageFolder(), "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
