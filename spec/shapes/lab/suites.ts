import { findMirror, sourceLine } from "#artifacts/sources/debian-mirror.ts";
import { containerRoot, type Root } from "#roles/lab/root.ts";

/** Where Ubuntu's packages are. */
export const ubuntuArchive = "http://archive.ubuntu.com/ubuntu";

/** Debian has no package of Ubuntu's keys: this one is Ubuntu's own, known by its digest. */
const ubuntuKeys = {
  url: `${ubuntuArchive}/pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb`,
  sha256: "36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8",
};

/** apt is essential in Debian only. */
const packages = ["apt", ...containerRoot.packages];

/** Roots as a lab host's is, of other systems than Debian 13. */
export const roots: Readonly<Record<"trixie" | "bookworm" | "noble", Root>> = {
  trixie: containerRoot,
  bookworm: {
    ...containerRoot,
    packages,
    suite: { name: "bookworm", source: `${findMirror}\n  source="${sourceLine("bookworm")}"` },
  },
  noble: {
    packages,
    // The hosts' own apt finds its sources without the keys' path.
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
