import { TaskError } from "../../errors.ts";
import { kernelModule as kernelModuleQuery } from "../../queries/kernel-module.ts";
import { moduleDenials } from "../../queries/module-denials.ts";
import { path } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference } from "../../tasks/resource.ts";
import { defineResource } from "../../tasks/task.ts";
import * as files from "../files/wanted-file.ts";
import { commentDifference, commentOut, isOfHost } from "./comment-out.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `kernelModule`. */
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
 * A kernel module that is loaded now and at boot; nothing is done for a built-in one. A line of /etc/modprobe.d that
 * denies it becomes a comment. Fails with TaskError if the kernel has no such module, and if a file outside /etc denies
 * it.
 *
 * @example
 * kernelModule("Load the module for bridges", { name: "br_netfilter" });
 */
export const kernelModule = defineResource({
  kind: "kernel module",
  props: {
    name: prop.text,
    state: presence,
  },
  label: (p: KernelModuleProps) => p.name,
  locate: (p) => {
    kernelModuleQuery(p.name);
    return p;
  },
  needs: (p) => ({
    now: kernelModuleQuery(p.name),
    file: path(options(p).dest),
    denials: moduleDenials(p.name),
  }),
  diff: ({ now, file, denials }, p): Difference[] => {
    if (isAbsent(p))
      return [
        ...(now.loaded ? [{ what: "loaded", before: true, after: false }] : []),
        ...files.removalDifferences({ path: file }, options(p).dest),
      ];
    if (now.builtIn) return [];
    const vendors = denials.find((one) => !isOfHost(one));
    if (vendors)
      throw new TaskError(
        `${vendors.file} says "${vendors.line.trim()}", so ${p.name} is not loaded at boot: a file of the same name in /etc/modprobe.d hides it`,
      );
    return [
      ...denials.map(commentDifference),
      ...(now.loaded ? [] : [{ what: "loaded", before: false, after: true }]),
      ...files.fileDifferences(file, wanted(p), options(p)),
    ];
  },
  apply: (found, { now, file, denials }, p) => {
    const loading = found.some(({ what }) => what === "loaded");
    const denying = denials.map((one) => one.file);
    const others = found.filter(({ what }) => what !== "loaded" && !denying.includes(what));
    if (isAbsent(p))
      return [
        ...(loading ? [`modprobe -r -- ${quote(p.name)}`] : []),
        ...(others.length > 0 ? files.removalSteps(options(p).dest, file) : []),
      ];
    // Not in diff: a package of this run may have brought the module, which check mode cannot see.
    if (loading && !now.available)
      throw new TaskError(`the kernel has no module ${p.name}, neither loaded, built in, nor in /lib/modules`);
    return [
      ...denials.map(commentOut),
      ...(loading ? [`modprobe -- ${quote(p.name)}`] : []),
      ...(others.length > 0
        ? ["mkdir -p /etc/modules-load.d", ...files.fileSteps(others, file, wanted(p), options(p))]
        : []),
    ];
  },
  forecast: ({ now, file }, p) =>
    isAbsent(p)
      ? { now: { ...now, loaded: false }, file: files.absent }
      : {
          now: { ...now, loaded: true, available: true },
          file: files.fileForecast(file, wanted(p), options(p)),
          denials: [],
        },
  // Loading it also loads other modules, and adds kernel parameters.
  effects: (p) => [
    "everything",
    ...(isAbsent(p) ? files.removalEffects(options(p).dest) : files.fileEffects(options(p), wanted(p))),
  ],
});
