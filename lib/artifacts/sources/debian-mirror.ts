import type { SourceOptions } from "./fetch-request.ts";

export const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The environment of a shell that runs findMirror: with the mirror that the user has set, if any. */
export const mirrorEnvironment = ({ debianMirror = "" }: SourceOptions): NodeJS.ProcessEnv => ({
  ...process.env,
  debian_mirror: debianMirror,
});

/**
 * Finds the mirror: the user's, or the one that this machine uses. apt reports it whatever the format of its sources. A
 * machine that does not run Debian has none; Debian's own address is used then. Only http and https are considered (not
 * cdrom:, file:).
 */
export const findMirror = `mirror=\${debian_mirror:-}
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' 2>/dev/null |
  grep -m 1 -E '^https?://' || echo http://deb.debian.org/debian)`;

/** One line of sources.list, for a shell in which $mirror is set. */
export const sourceLine = (suite: string): string => `deb [signed-by=${debianKeyring}] $mirror ${suite} main`;

/**
 * Defines `apt`, which has its own lists and settings and knows no installed packages, and reads the lists. The machine's
 * stay unchanged, and may be for another release. For a shell with $root, a folder, $suite and $architecture.
 */
export const aptApart = `mkdir -p "$root/lists/partial" "$root/archives/partial" "$root/etc"
: > "$root/status"
${findMirror}
echo "${sourceLine("$suite").replaceAll('"', '\\"')}" > "$root/etc/sources.list"
apt() {
  apt-get -q -o Dir::Etc::sourcelist="$root/etc/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$root/lists" \\
    -o Dir::State::status="$root/status" -o Dir::Cache="$root" -o Dir::Cache::archives="$root/archives" \\
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User=root \\
    -o Acquire::Languages=none -o Acquire::Retries=3 "$@" >&2
}
apt update`;
