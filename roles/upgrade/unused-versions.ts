import path from "node:path/posix";
import { defineResource, queries, quote } from "kubeplay";
import { stagedPrograms, versionsFolder, type StagedComponent } from "#cluster/staging.ts";

export interface UnusedVersionsProps {
  readonly binDir: string;
  /** The folders of the versions that will be used. */
  readonly wanted: readonly string[];
}

const components = Object.keys(stagedPrograms) as StagedComponent[];

/** Prints the folders of versions to which no program leads, neither one in use nor one that is kept. */
const search = ({ binDir, wanted }: UnusedVersionsProps): string => {
  const folders = components.map((component) => `${quote(versionsFolder(binDir, component))}/*/`).join(" ");
  const kept = path.join(binDir, "../lib/kubeplay/previous");
  return `for folder in ${folders}; do
  folder=\${folder%/}
  [ -d "$folder" ] || continue
  case $folder in ${[...new Set(wanted)].map(quote).join(" | ")}) continue ;; esac
  used=
  for link in ${quote(binDir)}/* ${quote(kept)}/*/programs/*; do
    [ -L "$link" ] || continue
    case $(readlink "$link") in "$folder"/*) used=yes ;; esac
  done
  [ -n "$used" ] || printf '%s\\n' "$folder"
done`;
};

/** Removes staged versions that are older than the one before. */
export const unusedVersions = defineResource({
  kind: "unused versions",
  label: ({ binDir }: UnusedVersionsProps) => path.join(binDir, "../lib/kubeplay"),
  needs: (p) => ({ found: queries.answer(search(p)) }),
  diff: ({ found }: { readonly found: { readonly stdout: string } }) =>
    found.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((what) => ({ what, before: "present", after: "absent" })),
  apply: (found) => found.map(({ what }) => `rm -rf -- ${quote(what)}`),
  forecast: ({ found }) => ({ found: { ...found, stdout: "" } }),
  effects: ({ binDir }) => [{ below: path.join(binDir, "../lib/kubeplay") }],
});
