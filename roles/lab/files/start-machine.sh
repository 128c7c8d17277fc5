#!/bin/sh
set -eu
memory=$1 processors=$2 disk=$3 architecture=$4
# The first process of a container ignores signals by default.
trap 'exit 143' TERM
case $architecture in
  amd64) system=x86_64 machine=q35 console=ttyS0 emulated=max firmware= virtualizes='vmx|svm' ;;
  # Newer processors sign their pointers, which takes most of the time if it is emulated. Without the firmware there is
  # no ACPI, and without ACPI Debian's kernel does not see the power button.
  arm64) system=aarch64 machine=virt console=ttyAMA0 emulated=cortex-a72 firmware='-bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd' virtualizes=processor ;;
esac
accelerator='-accel tcg,thread=multi' processor=$emulated
if [ "$(uname -m)" = $system ] && [ -w /dev/kvm ] && grep -qwE "$virtualizes" /proc/cpuinfo; then
  accelerator="-accel kvm $accelerator" processor=max
fi
echo "lab-vm: $processors $architecture processors by $accelerator, $memory MiB, a disk of $disk GiB"

set -- $(ip -4 -o address show dev eth0)
address=${4%/*} prefix=${4#*/}
set -- $(ip -4 route show default)
gateway=$3
bits=$((0xffffffff << (32 - prefix) & 0xffffffff))
mask=$((bits >> 24)).$((bits >> 16 & 255)).$((bits >> 8 & 255)).$((bits & 255))
network="ip=$address::$gateway:$mask:$(hostname):eth0:off"
set -- $(ip -6 -o address show dev eth0 scope global)
[ $# -eq 0 ] || network="$network ip=[${4%/*}]:::${4#*/}::eth0:off"
mac=$(cat /sys/class/net/eth0/address)

# The guest gets the container's addresses, including the MAC address; the container keeps none.
ip address flush dev eth0
ip link set eth0 down
ip link set eth0 address "06${mac#02}"
ip link add lab type bridge
ip tuntap add guest mode tap
for port in eth0 guest; do ip link set $port master lab; ip link set $port up; done
ip link set lab up

mkdir -p /var/lib/lab
cp /etc/resolv.conf /var/lib/lab/resolv.conf
if [ ! -e /var/lib/disk.qcow2 ]; then
  cp /seed/vmlinuz /seed/initrd /var/lib/
  echo "$architecture" > /var/lib/architecture
  qemu-img convert -f raw -O qcow2 /seed/root.img /var/lib/disk.new
  mv /var/lib/disk.new /var/lib/disk.qcow2
fi
is=$(cat /var/lib/architecture)
[ "$is" = "$architecture" ] || { echo "lab-vm: its disk is for $is, expected $architecture" >&2; exit 1; }
qemu-img resize -q /var/lib/disk.qcow2 "${disk}G" || echo "lab-vm: the disk stays as large as it was"

# Stale sockets of an earlier start.
rm -f /run/lab.sock /run/monitor
/usr/libexec/virtiofsd --socket-path=/run/lab.sock --shared-dir=/var/lib/lab --sandbox=none --log-level=error &
tries=0
until [ -S /run/lab.sock ]; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || { echo "lab-vm: virtiofsd does not answer" >&2; exit 1; }
  sleep 0.1
done

qemu-system-$system -no-user-config -nodefaults -machine $machine $firmware $accelerator -cpu $processor -smp "$processors" -m "$memory" \
  -object memory-backend-memfd,id=memory,size="${memory}M",share=on -numa node,memdev=memory \
  -chardev socket,id=lab,path=/run/lab.sock -device vhost-user-fs-pci,chardev=lab,tag=lab \
  -drive file=/var/lib/disk.qcow2,if=virtio,format=qcow2,discard=unmap,werror=report,rerror=report -device virtio-rng-pci \
  -netdev tap,id=net,ifname=guest,script=no,downscript=no -device virtio-net-pci,netdev=net,mac="$mac",romfile= \
  -kernel /var/lib/vmlinuz -initrd /var/lib/initrd \
  -append "root=/dev/vda rw console=$console net.ifnames=0 $network systemd.hostname=$(hostname)" \
  -display none -serial stdio -monitor unix:/run/monitor,server,nowait </dev/null &
guest=$!
# A stop presses the power button, repeatedly, because a booting guest does not see it.
press() { while kill -0 $guest 2>/dev/null; do echo system_powerdown | nc -U -N /run/monitor >/dev/null || :; sleep 2; done; }
trap 'press &' TERM
while kill -0 $guest 2>/dev/null; do wait $guest && code=0 || code=$?; done
exit "${code:-0}"
