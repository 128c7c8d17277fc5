import { probe } from "#lib/queries/probe.ts";
import { defineResource } from "#lib/resources/task.ts";
import { quote } from "#lib/shell/quote.ts";
import { findMirror, sourceLine } from "#roles/artifacts/debian-mirror.ts";
import { customize, packages, recipe } from "./image-recipe.ts";

export const labImageName = `localhost/kubeplay-lab:${recipe}`;

const build = (cache: string): string => `set -eu
root=${quote(`${cache}/debian-${recipe}.tar`)}
if [ ! -s "$root" ]; then
  mkdir -p ${quote(cache)}
  # /tmp may be mounted without devices, and be memory.
  TMPDIR=/var/tmp; export TMPDIR
  hook=$(mktemp)
  trap 'rm -f "$hook" "$root.new"' EXIT
  cat > "$hook" <<'HOOK'
${customize}HOOK
  ${findMirror}
  echo "making Debian 13 from $mirror"
  mmdebstrap --format=tar --variant=minbase --include=${packages.join(",")} --customize-hook="sh $hook \\"\\$1\\"" \\
    trixie "$root.new" "${sourceLine("trixie")}"
  mv "$root.new" "$root"
fi
podman import --quiet "$root" ${quote(labImageName)}`;

/** The image that lab hosts start from; its root file system is kept in the cache. */
export const labImage = defineResource({
  kind: "lab image",
  label: () => labImageName,
  needs: () => ({ exists: probe(`podman image exists ${quote(labImageName)}`) }),
  diff: ({ exists }) => (exists ? [] : [{ what: "image", before: undefined, after: labImageName }]),
  apply: (_differences, _now, { cache }: { readonly cache: string }) => [{ sh: build(cache), timeout: 900 }],
  forecast: () => ({ exists: true }),
});
