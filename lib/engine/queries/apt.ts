import { linesOf } from "./keys.ts";

/**
 * Options with which apt only reads. Otherwise it keeps what it made of the package lists, and writes a log of each
 * simulation, for which there is then no folder. Its messages are parsed.
 */
export const readingApt = (program: "apt-cache" | "apt-get"): string =>
  `LC_ALL=C ${program} -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::Log=/proc/kubeplay`;

/** The errors in what apt said; all of it if it names none, as where there is no apt. */
export function aptError(said: string): string {
  const lines = linesOf(said);
  const errors = lines.filter((line) => line.startsWith("E: "));
  return (errors.length > 0 ? errors : lines.slice(-5)).join("; ");
}
