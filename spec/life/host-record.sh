# Prints what a host has, one thing a line, sorted: to compare it with how it was. Left out is what any system writes by
# itself, and what docs/operations/reset.md says stays.
LC_ALL=C; export LC_ALL
{
  dpkg-query --show --showformat 'package ${Package} ${db:Status-Status}\n'
  getent passwd | sed 's/^/user /'
  getent group | sed 's/^/group /'
  systemctl list-unit-files --no-legend | awk '{ print "unit", $1, $2 }'
  systemctl list-units --no-legend --plain --state=active --type=service,timer,mount,slice | awk '{ print "active", $1 }' |
    grep -vE ' (session-|user@|user-|user\.slice|run-user|apt-|dpkg-|fstrim|e2scrub|systemd-tmpfiles|logrotate|man-db)'
  find / /var/lib /run -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /var/tmp -o -path /var/cache \
    -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/lib/lab -o -path '/var/log/*' \
    -o -path /run/systemd -o -path /run/udev -o -path /run/user -o -path /run/log -o -path /run/lock -o -path /run/kubeplay \
    -o -path /run/sudo -o -path /home -o -path /etc/ld.so.cache -o -path '/etc/*-' \) -prune \
    -o -printf 'path %p %y %m %u %g %l\n'
  find /var/log -mindepth 1 -maxdepth 1 -type d -printf 'logs %p\n' | grep -v /apt
  find /etc -xdev -type f ! -name '*-' ! -name ld.so.cache -exec sha256sum {} + | sed 's/^/content /'
  awk '{ print "mount", $5 }' /proc/self/mountinfo | grep -vE ' /(proc|sys|dev|run/(user|credentials))(/|$)'
  ip -o link show | sed -nE 's/^[0-9]+: ([^:@]+).*/device \1/p'
  ip -o address show | awk '{ print "address", $2, $3, $4 }'
  ip route show table all | grep -v ' dev eth0 .*proto kernel' | sed 's/^/route /'
  ip rule show | sed 's/^/rule /'
  find /proc/sys/net -type f -perm -u=w | grep -vE 'stable_secret|/flush$' | tr '\n' '\0' | xargs -0 grep -sH '' | sed 's/^/parameter /'
} 2>/dev/null | sort -u
