// @ts-check
import { cpSync } from "node:fs";
import path from "node:path";

/** Completes the compiled package in dist/: files that are no programs, such as templates, and the pins of artifacts. */

const source = /\.[cm]?tsx?$/;

for (const folder of ["lib", "roles"])
  cpSync(folder, path.join("dist", folder), {
    recursive: true,
    filter: (file) => !source.test(file) || file.endsWith(".d.ts"),
  });
for (const file of ["artifacts.lock.json", "images.lock.json"]) cpSync(file, path.join("dist", file));
