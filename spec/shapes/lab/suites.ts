import { findMirror, sourceLine } from "#artifacts/sources/debian-mirror.ts";
import { containerRoot, type Root } from "#roles/lab/root.ts";

/** The URL of Ubuntu's packages. */
export const ubuntuArchive = "http://archive.ubuntu.com/ubuntu";

/** Debian has no package with Ubuntu's keys: this is Ubuntu's own, verified by its digest. */
const ubuntuKeys = {
  url: `${ubuntuArchive}/pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb`,
  sha256: "36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8",
};

/** apt is essential in Debian only. */
const packages = ["apt", ...containerRoot.packages];

/** Roots like that of a lab host, also of systems other than Debian 13. */
export const roots: Readonly<Record<"trixie" | "bookworm" | "noble", Root>> = {
  trixie: containerRoot,
  bookworm: {
    ...containerRoot,
    packages,
    suite: { name: "bookworm", source: `${findMirror}\n  source="${sourceLine("bookworm")}"` },
  },
  noble: {
    packages,
    // The hosts' own apt uses its sources without the path of the keys.
    customize: `${containerRoot.customize}sed -i 's/\\[signed-by=[^]]*keys.gpg\\] //' "$1/etc/apt/sources.list"\n`,
    suite: {
      name: "noble",
      source: `curl -fsS --retry 3 -o "$work/keys.deb" ${ubuntuKeys.url}
  echo "${ubuntuKeys.sha256}  $work/keys.deb" | sha256sum --check --status
  dpkg-deb --fsys-tarfile "$work/keys.deb" | tar -xO ./usr/share/keyrings/ubuntu-archive-keyring.gpg > "$work/keys.gpg"
  source="deb [signed-by=$work/keys.gpg] ${ubuntuArchive} noble main universe"`,
    },
  },
};
