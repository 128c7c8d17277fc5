import { TaskError } from "../../errors.ts";
import { kernelModule as kernelModuleQuery } from "../../queries/kernel-module.ts";
import { path } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import * as files from "../files/wanted-file.ts";

export interface KernelModuleProps {
  /** With - or _. */
  readonly name: string;
  /** "absent" unloads the module and does not load it at boot. */
  readonly state?: "present" | "absent";
}

const isAbsent = ({ state }: KernelModuleProps): boolean => state === "absent";
const options = (p: KernelModuleProps): files.FileOptions => ({ dest: `/etc/modules-load.d/${p.name}.conf` });
const wanted = files.once((p: KernelModuleProps) => files.wantedOf(`${p.name}\n`));

/**
 * A kernel module that is loaded now and at boot; nothing is done for a built-in one. Fails with TaskError if the
 * kernel has no such module.
 *
 * @example
 * kernelModule("Load the module for bridges", { name: "br_netfilter" });
 */
export const kernelModule = defineResource({
  kind: "kernel module",
  label: (p: KernelModuleProps) => p.name,
  needs: (p) => ({ now: kernelModuleQuery(p.name), file: path(options(p).dest) }),
  diff: ({ now, file }, p): Difference[] => {
    if (isAbsent(p))
      return [
        ...(now.loaded ? [{ what: "loaded", before: true, after: false }] : []),
        ...files.removalDifferences(file, options(p).dest),
      ];
    if (now.builtIn) return [];
    return [
      ...(now.loaded ? [] : [{ what: "loaded", before: false, after: true }]),
      ...files.fileDifferences(file, wanted(p), options(p)),
    ];
  },
  apply: (found, { now, file }, p) => {
    const loading = found.some(({ what }) => what === "loaded");
    const others = found.filter(({ what }) => what !== "loaded");
    if (isAbsent(p))
      return [
        ...(loading ? [`modprobe -r -- ${quote(p.name)}`] : []),
        ...(others.length > 0 ? files.removalSteps(options(p).dest, file) : []),
      ];
    // Not in diff: a package of this run may have brought the module, which check mode cannot see.
    if (loading && !now.available)
      throw new TaskError(`the kernel has no module ${p.name}, neither loaded, built in, nor in /lib/modules`);
    return [
      ...(loading ? [`modprobe -- ${quote(p.name)}`] : []),
      ...(others.length > 0
        ? ["mkdir -p /etc/modules-load.d", ...files.fileSteps(others, file, wanted(p), options(p))]
        : []),
    ];
  },
  forecast: ({ now, file }, p) =>
    isAbsent(p)
      ? { now: { ...now, loaded: false }, file: files.absent }
      : { now: { ...now, loaded: true, available: true }, file: files.fileForecast(file, wanted(p), options(p)) },
  // Loading it also loads other modules, and adds kernel parameters.
  effects: (p) => [
    "everything",
    ...(isAbsent(p) ? files.removalEffects(options(p).dest) : files.fileEffects(options(p), wanted(p))),
  ],
});
