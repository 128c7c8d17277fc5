import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { artifact, type ArtifactState } from "#engine/queries/artifact.ts";
import type { Manifest } from "../api/manifest.ts";
import { defineResource } from "#engine/resources/index.ts";
import { changed, type ExtraObjects, type Changes } from "./changes.ts";
import { manifestsIn } from "./documents.ts";
import { mustBeThere, rendering, type RenderingState } from "./query.ts";

export interface ManifestFilesProps extends Changes, ExtraObjects {
  /** Key of an artifact: a .tgz with YAML files. */
  readonly archive: string;
  /** Which of its files, from its top folder; a star stands for a part of one name: "kube-prometheus/manifests/*.yaml". */
  readonly paths: readonly string[];
  /** Files that are left out though a path above names them. */
  readonly except?: readonly string[];
}

interface FilesNow {
  readonly file: ArtifactState;
  readonly objects: RenderingState;
}

/** The objects of YAML files of an archive, as an output: known after apply where the archive is yet to come. */
export const manifestFiles = defineResource({
  kind: "manifest files",
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
    // Each file begins a document: where one ends without a line's end, the next would go on in its last line.
  })`tar -xzf ${file} ${options} --to-command=${"echo ---; cat; echo"} -- ${[...paths]}`;
  if (exitCode !== 0)
    throw new PlayError(`${archive}: its files cannot be read: ${stderr.trim().split("\n").slice(0, 3).join("; ")}`);
  return manifestsIn(stdout, archive);
}
