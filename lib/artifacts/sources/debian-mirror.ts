import { readFileSync } from "node:fs";
import path from "node:path";
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

/** Defines `apt`, which is apart from that of the machine, for a shell with $root, a folder, $suite and $architecture. */
export const aptApart = `${findMirror}
source="${sourceLine("$suite")}"
${readFileSync(path.join(import.meta.dirname, "files/apt-apart.sh"), "utf8")}`;
