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
const customize = `set -eu
chroot "$1" useradd --create-home --shell /bin/bash kubeplay
echo 'kubeplay ALL=(ALL) NOPASSWD: ALL' > "$1/etc/sudoers.d/kubeplay"
chmod 0440 "$1/etc/sudoers.d/kubeplay"
rm -f "$1"/etc/ssh/ssh_host_*
: > "$1/etc/machine-id"
mkdir -m 0755 "$1/var/lib/lab"
printf '%s\\n' '127.0.0.1 localhost' '::1 localhost ip6-localhost ip6-loopback' > "$1/etc/hosts"
cat > "$1/etc/ssh/sshd_config.d/lab.conf" <<'END'
HostKey /var/lib/lab/ssh_host_ed25519_key
AuthorizedKeysFile /var/lib/lab/authorized_keys
PasswordAuthentication no
UseDNS no
MaxStartups 100
END
cat > "$1/etc/systemd/system/lab-host.service" <<'END'
[Unit]
Description=Host key, own name and shared mounts of a lab host
RequiresMountsFor=/var/lib/lab
Before=ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount --make-rshared /
ExecStart=/bin/sh -c 'grep -qw "$(cat /proc/sys/kernel/hostname)" /etc/hosts || echo "127.0.1.1 $(cat /proc/sys/kernel/hostname)" >> /etc/hosts'
ExecStart=/bin/sh -c 'test ! -e /var/lib/lab/resolv.conf || cat /var/lib/lab/resolv.conf > /etc/resolv.conf'
ExecStart=/bin/sh -c 'test -s /var/lib/lab/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N "" -C lab -f /var/lib/lab/ssh_host_ed25519_key'
[Install]
WantedBy=multi-user.target
END
chroot "$1" systemctl enable lab-host.service >/dev/null 2>&1
chroot "$1" systemctl mask systemd-networkd-wait-online.service getty@.service console-getty.service serial-getty@.service apt-daily.timer apt-daily-upgrade.timer >/dev/null 2>&1
eval "$(apt-config shell http Acquire::http::Proxy https Acquire::https::Proxy)"
{
  echo 'Acquire::Languages "none";'
  [ -z "\${http:=\${http_proxy:-}}" ] || echo "Acquire::http::Proxy \\"$http\\";"
  [ -z "\${https:=\${https_proxy:-}}" ] || echo "Acquire::https::Proxy \\"$https\\";"
} > "$1/etc/apt/apt.conf.d/90lab"
`;

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
