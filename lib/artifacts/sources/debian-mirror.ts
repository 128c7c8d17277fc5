export const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * The mirror is the one that the machine itself uses, as apt reports it whatever form its sources are written in.
 * Only a machine that is no Debian has none; then it is Debian's own address. Anything but http is passed over (cdrom:, file:).
 */
export const findMirror = `mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' 2>/dev/null |
  grep -m 1 -E '^https?://' || echo http://deb.debian.org/debian)`;

/** One line of sources.list, where the shell knows $mirror. */
export const sourceLine = (suite: string): string => `deb [signed-by=${debianKeyring}] $mirror ${suite} main`;
