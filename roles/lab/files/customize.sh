set -eu
chroot "$1" useradd --create-home --shell /bin/bash kubeplay
echo 'kubeplay ALL=(ALL) NOPASSWD: ALL' > "$1/etc/sudoers.d/kubeplay"
chmod 0440 "$1/etc/sudoers.d/kubeplay"
rm -f "$1"/etc/ssh/ssh_host_*
: > "$1/etc/machine-id"
mkdir -m 0755 "$1/var/lib/lab"
printf '%s\n' '127.0.0.1 localhost' '::1 localhost ip6-localhost ip6-loopback' > "$1/etc/hosts"
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
  [ -z "${http:=${http_proxy:-}}" ] || echo "Acquire::http::Proxy \"$http\";"
  [ -z "${https:=${https_proxy:-}}" ] || echo "Acquire::https::Proxy \"$https\";"
} > "$1/etc/apt/apt.conf.d/90lab"
