LC_ALL=C; export LC_ALL
section() { printf '\n@@ %s\n' "$1"; }
line() { line=; read -r line < "$1"; printf '%s\n' "$line"; }
section date; date +%s.%N
kernel=$(uname -rm)
section hostname; line /proc/sys/kernel/hostname
section os; cat /etc/os-release
section kernel; printf '%s\n' "$kernel"
section cpus; nproc
section memory; cat /proc/meminfo
section cgroup; [ ! -e /sys/fs/cgroup/cgroup.controllers ] || echo cgroup2fs
section virtualization; systemd-detect-virt
section machine; line /etc/machine-id
section addresses; ip -o address show
section route; ip -o route show default
section free; df -l -B1 -x tmpfs -x devtmpfs -x overlay --output=avail,target; df -B1 --output=avail,file / /etc /home /opt /run /tmp /usr/local /var /var/lib /var/log
section stub; grep -l ' 3500007F:0035 .* 0A ' /proc/net/tcp
section systemd; [ ! -d /run/systemd/system ] || echo yes
section modules; printf '%s\n' /sys/module/*/
cat "/lib/modules/${kernel% *}/modules.builtin"; cut -d : -f 1 "/lib/modules/${kernel% *}/modules.dep"
section user; id -un
section selinux; line /sys/fs/selinux/enforce
section apparmor; line /sys/module/apparmor/parameters/enabled
:
