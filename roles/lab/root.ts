import { createHash } from "node:crypto";
import { quote } from "kubeplay";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { findMirror, sourceLine } from "#artifacts/sources/debian-mirror.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";

/** A release of Debian or one like it. */
export interface Suite {
  readonly name: string;
  /** For a POSIX shell: sets $source to its line of sources.list. $work is a folder that is gone afterwards. */
  readonly source: string;
}

/** A root file system. */
export interface Root {
  /** Debian 13 unless said. */
  readonly suite?: Suite;
  /** The machine's own unless said. */
  readonly architecture?: Architecture;
  readonly packages: readonly string[];
  /** For a POSIX shell on the machine, with the new root as $1, at the end of its making. */
  readonly customize: string;
}

/** Names a root: another recipe, another name. */
export const rootName = (root: Root): string =>
  createHash("sha256").update(JSON.stringify(root)).digest("hex").slice(0, 12);

const trixie: Suite = {
  name: "trixie",
  source: `${findMirror}
  echo "making Debian 13 from $mirror"
  source="${sourceLine("trixie")}"`,
};

/** Shell that makes the root as the tar archive `tar`, unless it is there. */
export const makeRoot = (
  { suite = trixie, architecture, packages, customize }: Root,
  tar: string,
): string => `root=${quote(tar)}
if [ ! -s "$root" ]; then
  mkdir -p "\${root%/*}"
  # /tmp may be mounted without devices, and be memory.
  TMPDIR=/var/tmp; export TMPDIR
  work=$(mktemp -d)
  trap 'rm -rf "$work" "$root.new"' EXIT
  # Whoever fetches the packages is nobody in particular.
  chmod 755 "$work"
  cat > "$work/hook" <<'HOOK'
${customize}HOOK
  ${suite.source}
  mmdebstrap --format=tar --variant=minbase ${architecture ? `--architectures=${architecture} ` : ""}--include=${packages.join(",")} --customize-hook="sh $work/hook \\"\\$1\\"" \\
    ${suite.name} "$root.new" "$source"
  mv "$root.new" "$root"
fi`;

/** What a bare Debian 13 host needs to be reached: systemd, sshd, sudo, a network; nothing of Kubernetes. */
const packages = [
  ..."systemd-sysv dbus openssh-server sudo ca-certificates".split(" "),
  ..."iproute2 iputils-ping procps kmod curl".split(" "),
];

/** Keys are in /var/lib/lab, which the machine reads and writes from outside. */
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

/** Of hosts that are containers. */
export const containerRoot: Root = { packages, customize };

/** Of hosts that are virtual machines: a kernel too; the disk grows at the first boot; /var/lib/lab is the machine's. */
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
