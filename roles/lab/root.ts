import { readFileSync } from "node:fs";
import path from "node:path";
import { createHash } from "node:crypto";
import { quote } from "kubeplay";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { findMirror, sourceLine } from "#artifacts/sources/debian-mirror.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";

/** A release of Debian or of a system like it. */
export interface Suite {
  readonly name: string;
  /** For a POSIX shell: sets $source to the suite's line of sources.list. $work is a temporary folder. */
  readonly source: string;
}

/** A root file system. */
export interface Root {
  /** Debian 13 by default. */
  readonly suite?: Suite;
  /** The machine's own by default. */
  readonly architecture?: Architecture;
  readonly packages: readonly string[];
  /** For a POSIX shell on the machine at the end of the build, with the new root as $1. */
  readonly customize: string;
}

/** The name of a root. A different recipe has a different name. */
export const rootName = (root: Root): string =>
  createHash("sha256").update(JSON.stringify(root)).digest("hex").slice(0, 12);

const trixie: Suite = {
  name: "trixie",
  source: `${findMirror}
  echo "making Debian 13 from $mirror"
  source="${sourceLine("trixie")}"`,
};

/** A script that builds the root as the tar archive `tar` unless it exists. */
export const makeRoot = (
  { suite = trixie, architecture, packages, customize }: Root,
  tar: string,
): string => `root=${quote(tar)}
if [ ! -s "$root" ]; then
  mkdir -p "\${root%/*}"
  # /tmp may not allow devices, and may be in memory.
  TMPDIR=/var/tmp; export TMPDIR
  work=$(mktemp -d)
  trap 'rm -rf "$work" "$root.new"' EXIT
  # An unprivileged user fetches the packages.
  chmod 755 "$work"
  cat > "$work/hook" <<'HOOK'
${customize}HOOK
  ${suite.source}
  mmdebstrap --format=tar --variant=minbase ${architecture ? `--architectures=${architecture} ` : ""}--include=${packages.join(",")} --customize-hook="sh $work/hook \\"\\$1\\"" \\
    ${suite.name} "$root.new" "$source"
  mv "$root.new" "$root"
fi`;

/** The packages of a bare Debian 13 host that can be reached: systemd, sshd, sudo, a network; nothing of Kubernetes. */
const packages = [
  ..."systemd-sysv dbus openssh-server sudo ca-certificates".split(" "),
  ..."iproute2 iputils-ping procps kmod curl".split(" "),
];

/** Keys are in /var/lib/lab, which the machine can read and write. */
const customize = readFileSync(path.join(import.meta.dirname, "files/customize.sh"), "utf8");

/** The root of hosts that are containers. */
export const containerRoot: Root = { packages, customize };

/**
 * The root of hosts that are virtual machines. It has a kernel too, its disk grows at the first boot, and /var/lib/lab
 * is a folder of the machine.
 */
export const vmRoot = (architecture: Architecture): Root => ({
  ...(architecture !== ownArchitecture && { architecture }),
  packages: [...packages, ...`udev linux-image-cloud-${architecture} initramfs-tools`.split(" ")],
  customize: `${customize}
cat > "$1/etc/fstab" <<'END'
/dev/vda / ext4 defaults,x-systemd.growfs 0 1
lab /var/lib/lab virtiofs defaults 0 0
END
chroot "$1" systemctl enable systemd-networkd.service >/dev/null 2>&1
`,
});
