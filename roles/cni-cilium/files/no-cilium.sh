# Removes what Cilium's agent leaves: its devices, programs of the kernel, routes and rules.
# A pinned link keeps its program attached to a device or a cgroup, and its removal detaches it.
rm -rf /sys/fs/bpf/cilium /sys/fs/bpf/tc/globals/cilium_* 2>/dev/null || :
for device in $(ip -o link show | sed -nE 's/^[0-9]+: ((cilium_|lxc)[^:@]*).*/\1/p'); do
  # A device and its peer go together.
  if ip link show "$device" >/dev/null 2>&1; then ip link delete "$device" || exit 1; fi
done
# Older kernels attach programs to devices by filters.
for device in $(ip -o link show | sed -nE 's/^[0-9]+: ([^:@]*).*/\1/p'); do
  command -v tc >/dev/null || break
  for side in ingress egress; do
    ! tc filter show dev "$device" $side 2>/dev/null | grep -q 'cil_' || tc filter delete dev "$device" $side
  done
done
# The tables of packets to and from its proxy.
for family in -4 -6; do
  for table in 2004 2005; do
    while ip $family rule show table $table 2>/dev/null | grep -q .; do ip $family rule delete table $table || exit 1; done
    ip $family route flush table $table 2>/dev/null || :
  done
done
! mountpoint -q /run/cilium/cgroupv2 || umount /run/cilium/cgroupv2 || exit 1
rm -rf --one-file-system /run/cilium
