import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { artifact, type ArtifactState } from "#engine/queries/artifact.ts";
import type { Manifest } from "../api/manifest.ts";
import { prop } from "#engine/tasks/properties.ts";
import { defineResource } from "#engine/tasks/task.ts";
import { changed, type ExtraObjects, type Changes } from "./changes.ts";
import { manifestsIn } from "./documents.ts";
import { mustBeThere, rendering, type RenderingState } from "./query.ts";

/** Props of `manifestFiles`: files of an archive, and changes of their objects. */
export interface ManifestFilesProps extends Changes, ExtraObjects {
  /** Artifact key of a .tgz with YAML files: "kube-prometheus-manifests@0.18.0/amd64". */
  readonly archive: string;
  /** Paths from the archive's top folder; `*` matches part of one name: "kube-prometheus/manifests/*.yaml". */
  readonly paths: readonly string[];
  /** Files to leave out even if `paths` matches them. */
  readonly except?: readonly string[];
}

interface FilesNow {
  readonly file: ArtifactState;
  readonly objects: RenderingState;
}

/**
 * Reads the objects of YAML files in an archive and returns them as its output. If an earlier task fetches the archive,
 * the output is known after apply. Otherwise a missing archive is an error.
 *
 * @example
 * const upstream = manifestFiles("Read its manifests", {
 *   archive: "web-manifests@1.0.0/amd64",
 *   paths: ["web/manifests/*.yaml"],
 *   without: [{ kind: "NetworkPolicy", name: "web" }],
 * });
 * return [upstream, manifests("Apply its objects", { kubeconfig, set: "web", objects: upstream.output })];
 */
export const manifestFiles = defineResource({
  kind: "manifest files",
  props: {
    archive: prop.text,
    paths: prop.listOf(prop.text),
    except: prop.optional(prop.listOf(prop.text)),
    patches: prop.optional(prop.listOf(prop.object)),
    without: prop.optional(prop.listOf(prop.object)),
    beside: prop.optional(prop.listOf(prop.object)),
  },
  label: (p: ManifestFilesProps) => p.archive,
  needs: (p) => ({
    file: artifact(p.archive),
    objects: rendering({
      artifacts: [p.archive],
      inputs: { ...p, beside: [] },
      render: async ([file = ""]) => changed(await read(file, p), p, p.archive),
    }),
  }),
  diff: ({ file }: FilesNow, p) => {
    mustBeThere([p.archive], [file]);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: ({ objects = [] }, { beside = [] }): readonly Manifest[] => [...objects, ...beside],
  reads: true,
});

async function read(file: string, { archive, paths, except = [] }: ManifestFilesProps): Promise<Manifest[]> {
  const wildcards = ["--wildcards", "--no-wildcards-match-slash"];
  const options = [...wildcards, ...except.map((path) => `--exclude=${path}`)];
  const { stdout, stderr, exitCode } = await $({
    quiet: true,
    nothrow: true,
    // Starts a document for each file, even if the file before it lacks a final newline.
  })`tar -xzf ${file} ${options} --to-command=${"echo ---; cat; echo"} -- ${[...paths]}`;
  if (exitCode !== 0)
    throw new PlayError(`${archive}: its files cannot be read: ${stderr.trim().split("\n").slice(0, 3).join("; ")}`);
  return manifestsIn(stdout, archive);
}
