import { probe } from "#lib/queries/probe.ts";
import { defineResource } from "#lib/resources/task.ts";
import { quote } from "#lib/shell/quote.ts";
import { customize, packages, recipe } from "./image-recipe.ts";

export const labImageName = `localhost/kubeplay-lab:${recipe}`;

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * The mirror is the one that the machine itself uses, as apt reports it whatever form its sources are written in.
 * Only a machine that is no Debian has none; then it is Debian's own address. Anything but http is passed over (cdrom:, file:).
 */
const findMirror = `mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' 2>/dev/null |
  grep -m 1 -E '^https?://' || echo http://deb.debian.org/debian)`;

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
    trixie "$root.new" "deb [signed-by=${keyring}] $mirror trixie main"
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
