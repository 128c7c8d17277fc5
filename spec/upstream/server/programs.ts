import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { defaultCache, lookUp, objectFile } from "#engine/cache/cache.ts";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { ownArchitecture, refName, type WantedComponent } from "#artifacts/catalogue/wanted.ts";

/** The file of a program, or the .tgz of a tree, by its name in the cache. */
export type Programs = (wanted: WantedComponent, name: string) => Promise<string>;

/** e_machine of the ELF header, from elf.h. */
const machines: Readonly<Record<Architecture, number>> = { amd64: 62, arm64: 183 };

/** The head of an ELF file of 64 bits, and a text: it looks like a program for Linux, but cannot run. */
export function elfOf(architecture: Architecture, text: string): Buffer {
  const head = Buffer.alloc(64);
  head.write("\x7fELF", "latin1");
  head.set([2, 1, 1], 4);
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(machines[architecture], 18);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Files with the right form, and without function, for specs that only download. */
export const formOnly =
  (folder: string): Programs =>
  async (wanted, name) => {
    const { component, version, architecture } = wanted;
    const own = path.join(folder, `${name}-${version}-${architecture}`);
    await mkdir(own, { recursive: true });
    const file = path.join(own, name);
    if (!component.upstream || !("tree" in component.upstream)) {
      await writeFile(file, elfOf(architecture, `${name} ${version} for ${architecture}`), { mode: 0o755 });
      return file;
    }
    const names = Object.keys(component.upstream.paths);
    for (const one of names) await writeTree(path.join(own, "tree", one));
    await $({ quiet: true })`tar -czf ${file} -C ${path.join(own, "tree")} -- ${names}`;
    return file;
  };

async function writeTree(to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  if (path.extname(to) !== "") return writeFile(to, "#!/bin/sh\n");
  await mkdir(to, { recursive: true });
  await writeFile(path.join(to, "values.yaml"), "image:\n  useDigest: false\n");
}

/** The programs that were built on this machine; for another architecture, their form only. */
export const builtHere =
  (folder: string, cache = defaultCache()): Programs =>
  async (wanted, name) => {
    const isTree = wanted.component.upstream !== undefined && "tree" in wanted.component.upstream;
    if (wanted.architecture !== ownArchitecture && !isTree) return formOnly(folder)(wanted, name);
    // Trees do not depend on the architecture.
    const own = isTree ? { ...wanted, architecture: ownArchitecture as Architecture } : wanted;
    const ref = await lookUp(cache, refName(own, name));
    if (ref) return objectFile(cache, ref.sha256);
    throw new Error(`the cache lacks ${refName(own, name)}: build it first (npm run play -- --tags artifacts site)`);
  };
