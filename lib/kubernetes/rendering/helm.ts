import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { Manifest } from "../api/manifest.ts";
import { manifestsIn } from "./documents.ts";

export interface Release {
  /** The release's name; charts use it in the names of objects. */
  readonly release: string;
  readonly namespace: string;
  readonly values: object;
  /** The version that charts render for: "1.37.2". No cluster is asked. */
  readonly kubeVersion: string;
  /** APIs of the cluster in addition to Kubernetes' own: "monitoring.coreos.com/v1". */
  readonly apiVersions?: readonly string[];
}

/**
 * Renders the objects of a chart. Hooks and tests are left out: helm runs them before, after or on demand, so they are
 * not part of the desired state.
 */
export async function template(helm: string, chart: string, release: Release): Promise<Manifest[]> {
  const { release: name, namespace, values, kubeVersion, apiVersions = [] } = release;
  // Ignores the plugins and settings of the user's own helm.
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
