import type { Task } from "kubeplay";
import { installable, type InstallableProps } from "./installable.ts";
import { missingPackages, type NeededProps } from "./missing.ts";

/** The name by which the check can be skipped. */
export const packagesCheck = "Packages";

/** Checks that a host can install its packages. Its mirrors are asked only if it lacks one. */
export function packageTasks({
  host,
  packages,
  environment,
}: NeededProps & Pick<InstallableProps, "environment">): readonly Task[] {
  if (packages.length === 0) return [];
  const missing = missingPackages("List the packages that the host lacks", { host, packages });
  return [missing, installable("Check that the host can install them", { host, missing: missing.output, environment })];
}
