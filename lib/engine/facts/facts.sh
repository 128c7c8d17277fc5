LC_ALL=C; export LC_ALL
section() { printf '\n@@ %s\n' "$1"; }
section date; date +%s.%N
section hostname; cat /proc/sys/kernel/hostname
section os; cat /etc/os-release
section kernel; uname -rm
section cpus; nproc
section memory; cat /proc/meminfo
section cgroup; stat -f -c %T /sys/fs/cgroup
section virtualization; systemd-detect-virt
section machine; cat /etc/machine-id
section addresses; ip -o address show
section route; ip -o route show default
section free; df -l -B1 -x tmpfs -x devtmpfs -x overlay --output=avail,target; df -B1 --output=avail,file / /etc /home /opt /run /tmp /usr/local /var /var/lib /var/log
section stub; grep -l ' 3500007F:0035 .* 0A ' /proc/net/tcp
section systemd; [ ! -d /run/systemd/system ] || echo yes
section modules; echo /sys/module/*/ | tr ' ' '\n'
cat "/lib/modules/$(uname -r)/modules.builtin"; cut -d : -f 1 "/lib/modules/$(uname -r)/modules.dep"
section user; id -un
section selinux; cat /sys/fs/selinux/enforce
section apparmor; cat /sys/module/apparmor/parameters/enabled
:
