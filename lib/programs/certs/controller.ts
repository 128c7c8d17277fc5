import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { inspectAll } from "#engine/pki/inspect.ts";
import { PlayError } from "#engine/errors.ts";
import { readKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { clusterFolder, pkiPath } from "#cluster/paths.ts";
import type { Found } from "./rows.ts";

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** The certificates of a PEM file or a kubeconfig. Throws PlayError with the file if it cannot be read. */
async function certificatesIn(file: string) {
  try {
    const text = await readFile(file, "utf8");
    return inspectAll(file.endsWith(".kubeconfig") ? readKubeconfig(text).certificate : text);
  } catch (error) {
    throw new PlayError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Certificates with their own files come before copies of them in bundles and kubeconfigs, so their names count. */
const lastly = (file: string): number => (file.endsWith(".kubeconfig") ? 2 : file.endsWith("-bundle.crt") ? 1 : 0);

/** Every certificate in the controller's folder of a cluster. Rejects with PlayError if a file cannot be read. */
export async function onController(cluster: string): Promise<readonly Found[]> {
  const folder = clusterFolder(cluster);
  const files = [
    ...(await filesBelow(pkiPath(cluster))).filter((file) => file.endsWith(".crt")),
    path.join(folder, "admin.kubeconfig"),
    ...(await filesBelow(path.join(folder, "kubeconfigs"))).filter((file) => file.endsWith(".kubeconfig")),
  ];
  const sorted = files.toSorted((a, b) => lastly(a) - lastly(b) || a.localeCompare(b));
  const found: Found[] = [];
  for (const file of sorted) {
    const all = await certificatesIn(file);
    // The rest of a leaf's file is its chain; a bundle is a list.
    const shown = lastly(file) === 1 ? all : all.slice(0, 1);
    const name = path.relative(lastly(file) === 2 ? folder : pkiPath(cluster), file).replace(/\.crt$/, "");
    for (const certificate of shown)
      found.push({ at: "controller", path: path.relative(process.cwd(), file), name, certificate });
  }
  return found;
}
