import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { Manifest } from "../api/manifest.ts";
import { manifestsIn } from "./documents.ts";

export interface Release {
  /** Its name; charts put it into the names of objects. */
  readonly release: string;
  readonly namespace: string;
  readonly values: object;
  /** "1.37.2": charts ask for it. Nobody asks a cluster. */
  readonly kubeVersion: string;
  /** "monitoring.coreos.com/v1": APIs that the cluster has beside Kubernetes' own. */
  readonly apiVersions?: readonly string[];
}

/**
 * The objects of a chart. Its hooks and tests are left out: what helm would run before, after or on demand has no place
 * among objects that are kept.
 */
export async function template(helm: string, chart: string, release: Release): Promise<Manifest[]> {
  const { release: name, namespace, values, kubeVersion, apiVersions = [] } = release;
  // Nothing of the user's own helm: neither its plugins nor its settings.
  const home = await mkdtemp(path.join(tmpdir(), "kubeplay-helm-"));
  const valuesFile = path.join(home, "values.json");
  const options = [
    ...["--namespace", namespace, "--kube-version", kubeVersion, "--include-crds", "--no-hooks", "--skip-tests"],
    ...apiVersions.flatMap((version) => ["--api-versions", version]),
    ...["--values", valuesFile],
  ];
  try {
    await writeFile(valuesFile, JSON.stringify(values), { mode: 0o600 });
    const { stdout, stderr, exitCode } = await $({
      quiet: true,
      nothrow: true,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        HELM_CACHE_HOME: home,
        HELM_CONFIG_HOME: home,
        HELM_DATA_HOME: home,
      },
    })`${helm} template ${name} ${chart} ${options}`;
    if (exitCode !== 0)
      throw new PlayError(`helm cannot render ${name}: ${stderr.trim().split("\n").slice(-5).join("\n")}`);
    return manifestsIn(stdout, name);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
