# Ends all pods and containers of this host's containerd, and unmounts what they used. The kubelet must not run any more.
PATH=$bin_dir:/usr/sbin:/usr/bin:/sbin:/bin
# Gives the containers their time to end, and takes their addresses back.
if systemctl is-active --quiet containerd && [ -x "$bin_dir/crictl" ]; then
  timeout 120 crictl rmp --all --force >/dev/null 2>&1 || echo "crictl could not end all pods: the rest is killed" >&2
fi
shims() {
  for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe" 2>/dev/null) in */containerd-shim-runc-v2*) exe=${exe#/proc/} && echo "${exe%/exe}" ;; esac
  done
}
below() {
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
    below "$child"
    echo "$child"
  done
}
# Every program of a container descends from its shim.
for shim in $(shims); do kill -KILL $(below "$shim") "$shim" 2>/dev/null || :; done
# A mount within another one comes first. The kernel writes a space as \040.
sed -E 's/^([^ ]+ ){4}([^ ]+) .*/\2/' /proc/self/mountinfo | grep -E "$mounts" | sort -r | sed 's/\\\([0-7]\)/\\0\1/g' |
  while read -r path; do
    path=$(printf '%b' "$path")
    umount -- "$path" 2>/dev/null || umount --lazy -- "$path" || exit 1
  done || exit 1
find /run/netns -maxdepth 1 -name 'cni-*' -delete 2>/dev/null || :
systemctl stop kubepods.slice 2>/dev/null || :
tries=50
while [ "$(find /sys/fs/cgroup -depth -type d \( -name kubepods -o -name kubepods.slice \) -print -quit 2>/dev/null)" ] && [ $((tries -= 1)) -gt 0 ]; do
  find /sys/fs/cgroup -depth -type d \( -path '*/kubepods/*' -o -path '*/kubepods.slice/*' -o -name kubepods -o -name kubepods.slice \) -exec rmdir {} + 2>/dev/null || sleep 0.1
done
