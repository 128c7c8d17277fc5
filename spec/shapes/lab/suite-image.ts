import { createHash } from "node:crypto";
import { probe } from "#lib/queries/probe.ts";
import { defineResource } from "#lib/resources/task.ts";
import { quote } from "#lib/shell/quote.ts";
import { debianKeyring, findMirror } from "#roles/artifacts/debian-mirror.ts";
import { containerRoot, nameOf } from "#roles/lab/root.ts";

/** Where Ubuntu's packages are. */
export const ubuntuArchive = "http://archive.ubuntu.com/ubuntu";

/** Debian has no package of Ubuntu's keys: this one is Ubuntu's own, known by its digest. */
const ubuntuKeys = {
  url: `${ubuntuArchive}/pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb`,
  sha256: "36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8",
};

const sources = {
  bookworm: `${findMirror}
source="deb [signed-by=${debianKeyring}] $mirror bookworm main"`,
  noble: `curl -fsS --retry 3 -o "$work/keys.deb" ${ubuntuKeys.url}
echo "${ubuntuKeys.sha256}  $work/keys.deb" | sha256sum --check --status
dpkg-deb --fsys-tarfile "$work/keys.deb" | tar -xO ./usr/share/keyrings/ubuntu-archive-keyring.gpg > "$work/keys.gpg"
source="deb [signed-by=$work/keys.gpg] ${ubuntuArchive} noble main universe"`,
};

export type Suite = keyof typeof sources;

/** apt is essential in Debian only. */
const included = ["apt", ...containerRoot.packages].join(",");
const digest = createHash("sha256")
  .update(JSON.stringify([nameOf(containerRoot), sources, included]))
  .digest("hex")
  .slice(0, 12);

export const suiteImageName = (suite: Suite): string => `localhost/kubeplay-shape-${suite}:${digest}`;

/** As a lab host's image is made, but of another system. The hosts' own apt finds its sources without the keys' path. */
const build = (suite: Suite, cache: string): string => `set -eu
root=${quote(`${cache}/shape-${suite}-${digest}.tar`)}
if [ ! -s "$root" ]; then
  mkdir -p ${quote(cache)}
  TMPDIR=/var/tmp; export TMPDIR
  work=$(mktemp -d)
  trap 'rm -rf "$work" "$root.new"' EXIT
  # Whoever fetches the packages is nobody in particular.
  chmod 755 "$work"
  cat > "$work/hook" <<'HOOK'
${containerRoot.customize}
sed -i 's/\\[signed-by=[^]]*keys.gpg\\] //' "$1/etc/apt/sources.list"
HOOK
  ${sources[suite]}
  mmdebstrap --quiet --format=tar --variant=minbase --include=${included} --customize-hook="sh $work/hook \\"\\$1\\"" \\
    ${suite} "$root.new" "$source"
  mv "$root.new" "$root"
fi
podman import --quiet "$root" ${quote(suiteImageName(suite))}`;

interface SuiteImageProps {
  readonly suite: Suite;
  readonly cache: string;
}

/** The image of a host with another system than Debian 13. */
export const suiteImage = defineResource({
  kind: "shape image",
  label: (p: SuiteImageProps) => suiteImageName(p.suite),
  needs: (p) => ({ exists: probe(`podman image exists ${quote(suiteImageName(p.suite))}`) }),
  diff: ({ exists }, p) => (exists ? [] : [{ what: "image", before: undefined, after: p.suite }]),
  apply: (_found, _now, p) => [{ sh: build(p.suite, p.cache), timeout: 900 }],
  forecast: () => ({ exists: true }),
});
