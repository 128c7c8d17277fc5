// @ts-check
import path from "node:path";

/** kubeplay's own folder: the repository, or dist/ in its package. */
export const home = path.resolve(import.meta.dirname, "..", "..", "..");

/** Starts the path of each file of its library. */
export const library = path.join(home, "lib") + path.sep;
