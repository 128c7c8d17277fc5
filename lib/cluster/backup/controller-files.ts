import { existsSync } from "node:fs";
import path from "node:path";
import { clusterFolder } from "../paths.ts";
import { tar } from "./streams.ts";

/** The parts of a cluster's folder that cannot be made again. */
const ofCluster = ["pki", "requests", "kubeconfigs", "admin.kubeconfig", "made-for"];

/** The project's own files that say what the cluster is; their folder is that of the project. */
const ofProject = [
  "group_vars",
  "host_vars",
  "playbooks",
  "artifacts.lock.json",
  "images.lock.json",
  ".kubeplay/artifacts.lock.json",
];

/** What belongs to an inventory, beside it. */
const besideInventory = ["group_vars", "host_vars"];

const inProject = (file: string): boolean => !path.relative(".", file).startsWith("..");

/** The paths in the archive, each with the folder that it is relative to. */
export function controllerPaths(
  cluster: string,
  inventory: string,
): readonly (readonly [folder: string, name: string])[] {
  const root = process.cwd();
  const file = path.resolve(inventory);
  const own = [...ofCluster.map((name) => path.relative(root, path.join(clusterFolder(cluster), name))), ...ofProject];
  const beside = path.dirname(file);
  const others = inProject(file)
    ? [path.relative(root, file), ...besideInventory.map((name) => path.relative(root, path.join(beside, name)))].map(
        (name) => [root, name] as const,
      )
    : [path.basename(file), ...besideInventory].map((name) => [beside, name] as const);
  const all = [...own.map((name) => [root, name] as const), ...others];
  const once = new Map(all.map((one) => [path.join(...one), one]));
  return [...once.values()].filter((one) => existsSync(path.join(...one)));
}

/** The controller's files of a cluster, as a compressed tar. */
export function controllerArchive(cluster: string, inventory: string): ReturnType<typeof tar> {
  const places = controllerPaths(cluster, inventory);
  const args = places.flatMap(([folder, name]) => ["-C", folder, name]);
  const archive = tar(["-czf", "-", ...args]);
  archive.input.end();
  return archive;
}
