import { cp, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";

/** What a controller needs of this project; specs, docs' sources and state stay. */
const parts = [
  "lib",
  "roles",
  "playbooks",
  "docs",
  "package.json",
  "package-lock.json",
  "artifacts.lock.json",
  "images.lock.json",
  "README.md",
  "LICENSE",
  "tsconfig.json",
];

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/** Copies kubeplay itself and its dependencies, so that a controller needs Node, and neither npm nor git. */
export async function addProject(root: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const part of parts)
    await cp(path.join(root, part), path.join(to, part), { recursive: true }).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    });
  const { packages } = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8")) as Lock;
  const names = Object.entries(packages).flatMap(([name, { dev }]) => (name === "" || dev ? [] : [name]));
  let copied = 0;
  // npm installs optional packages for its own platform only.
  for (const name of names)
    await cp(path.join(root, name), path.join(to, name), { recursive: true, dereference: false }).then(
      () => (copied += 1),
      (error: unknown) => {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      },
    );
  if (copied === 0) throw new PlayError(`${path.join(root, "node_modules")}: is empty; run npm ci first`);
}
